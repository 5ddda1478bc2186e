import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import * as law from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

const size = (min: number, max: number) => fc.integer({ min, max });

const makers: Record<string, (channels: number, flip: boolean) => core.Bijection> = {
  actNorm: () => core.actNorm(),
  conv1x1: (channels) => core.conv1x1({ reflections: Math.min(2, channels) }),
  additiveCoupling: (channels, flip) =>
    core.additiveCoupling({ conditioner: core.denseNet({ hidden: 3 }), split: channels - 1, flip }),
  affineCoupling: (_, flip) => core.affineCoupling({ hidden: 3, split: 1, flip, kernel: 5 }),
};

beforeAll(async () => {
  core.registerKernels();
  await tf.setBackend('wasm');
});

test.each(Object.entries(makers))('%s on any shape: inverse, log-dets, adjoint, no tensor left', (_, make) =>
  fc.assert(
    fc.asyncProperty(
      size(1, 4),
      fc.array(size(1, 5), { maxLength: 3 }),
      size(2, 6),
      fc.boolean(),
      fc.option(size(1, 3), { nil: undefined }),
      size(1, 1000),
      async (batch, space, channels, flip, condition, seed) => {
        const before = tf.memory().numTensors;
        const shape = [batch, ...space, channels];
        const given = condition ? { condition: [batch, condition] } : {};
        const at = law.sample(make(channels, flip), shape, { seed, ...given });
        const error = await law.inversion(at);
        expect(error.x).toBeLessThan(1e-5);
        expect(error.logDet).toBeLessThan(1e-5);
        expect(await law.adjointError(at)).toBeLessThan(1e-5);
        law.freeSample(at);
        expect(tf.memory().numTensors).toBe(before);
      },
    ),
    { numRuns: 40, seed: 11 },
  ),
);

test('squeezing any even shape is undone, and keeps every number', () => {
  fc.assert(
    fc.property(
      size(1, 3),
      fc.array(size(1, 3), { minLength: 1, maxLength: 3 }),
      size(1, 3),
      fc.constantFrom('checkerboard' as const, 'patch' as const, 'column' as const),
      (batch, halves, channels, pattern) => {
        const x = tf.range(0, batch * halves.reduce((n, h) => n * 2 * h, channels));
        const shaped = tf.reshape(x, [batch, ...halves.map((h) => 2 * h), channels]);
        const b = core.squeeze({ pattern });
        const { y } = b.forward(shaped, {});
        expect(y.shape).toEqual([batch, ...halves, channels * 2 ** halves.length]);
        const sorted = Array.from(y.dataSync()).sort((p, q) => p - q);
        expect(sorted).toEqual(Array.from(x.dataSync()));
        expect(Array.from(b.inverse(y, {}).x.dataSync())).toEqual(Array.from(x.dataSync()));
      },
    ),
    { numRuns: 40, seed: 12 },
  );
});

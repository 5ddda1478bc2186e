import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import * as law from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';

const shapes: Record<string, number[]> = {
  '4 features': [3, 4],
  'a line of 6 × 4': [2, 6, 4],
  'an image of 4 × 4 × 4': [2, 4, 4, 4],
  'a volume of 2 × 4 × 2 × 2': [2, 2, 4, 2, 2],
};
/** h = (z + tanh z) B, z = x A, at every pixel: a conditioner without kinks, from tfjs ops, that reads z twice. */
const rows = (t: tf.Tensor) => tf.reshape(t, [-1, t.shape[t.rank - 1]!]) as tf.Tensor2D;
const times = (x: tf.Tensor, A: tf.Tensor) =>
  tf.reshape(tf.matMul(rows(x), A as tf.Tensor2D), [...x.shape.slice(0, -1), A.shape[1]!]);
const smooth = core.taped({
  weights: (shape, out) =>
    [
      { name: 'A', shape: [shape.at(-1)!, 6] },
      { name: 'B', shape: [6, out] },
    ].map((spec) => ({ ...spec, initialize: () => tf.ones(spec.shape) })),
  forward: (x, { A, B }) =>
    tf.tidy(() => {
      const z = times(x, A!);
      return times(tf.add(z, tf.tanh(z)), B!);
    }),
  pushforward: (x, dx, { A, B }, { A: dA, B: dB }) =>
    tf.tidy(() => {
      const z = times(x, A!);
      const t = tf.tanh(z);
      const a = tf.add(z, t);
      const slope = tf.sub(2, tf.square(t));
      const da = tf.mul(slope, tf.add(times(dx, A!), times(x, dA!)));
      return { h: times(a, B!), dh: tf.add(times(da, B!), times(a, dB!)) };
    }),
});
const everyRank: Record<string, () => core.Bijection> = {
  actNorm: () => core.actNorm(),
  conv1x1: () => core.conv1x1(),
  additiveCoupling: () => core.additiveCoupling({ hidden: 5 }),
  affineCoupling: () => core.affineCoupling({ hidden: 5 }),
  'affineCoupling, flipped, 1 channel stays': () => core.affineCoupling({ hidden: 5, split: 1, flip: true }),
  'inverse of logit': () => core.reverse(core.logit({ alpha: 0.05 })),
  'affineCoupling, given a vector': () => core.affineCoupling({ hidden: 5 }),
  'chain of three, given an image': () =>
    core.chain([core.conv1x1(), core.additiveCoupling({ hidden: 4 }), core.affineCoupling({ hidden: 5 })]),
  'additiveCoupling, smooth': () => core.additiveCoupling({ conditioner: smooth }),
  'affineCoupling, smooth': () => core.affineCoupling({ conditioner: smooth, flip: true }),
  'chain of three, smooth': () =>
    core.chain([core.actNorm(), core.conv1x1(), core.affineCoupling({ conditioner: smooth })]),
  'chain of three': () => core.chain([core.actNorm(), core.conv1x1(), core.affineCoupling({ hidden: 5 })]),
};
const spatial: Record<string, () => core.Bijection> = {
  'squeeze, checkerboard': () => core.squeeze(),
  'squeeze, patch': () => core.squeeze({ pattern: 'patch' }),
  'squeeze, column': () => core.squeeze({ pattern: 'column' }),
};
/** The condition that the name of an entry speaks of. */
const given = (name: string, shape: number[]) => {
  if (name.endsWith('given a vector')) return { condition: [shape[0]!, 3] };
  return name.endsWith('given an image') ? { condition: [...shape.slice(0, -1), 2] } : {};
};
const cases = Object.entries(shapes).flatMap(([where, shape]) =>
  Object.entries({ ...everyRank, ...(shape.length > 2 && !where.includes('6') ? spatial : {}) }).flatMap(
    ([name, make]): [string, () => law.Sample][] => [
      [`${name} on ${where}`, () => law.sample(make(), shape, given(name, shape))],
      [`reverse of ${name} on ${where}`, () => law.reversed(law.sample(make(), shape, given(name, shape)))],
    ],
  ),
);

describe.each(['cpu', 'wasm'])('%s', (backend) => {
  beforeAll(async () => {
    core.registerKernels();
    await tf.setBackend(backend);
  });

  describe.each(cases)('%s', (name, make) => {
    let at: law.Sample;
    beforeEach(() => {
      at = make();
    });
    afterEach(() => tf.dispose([at.x, at.w, at.c ?? []]));

    test('the inverse undoes the forward map and the log-dets cancel', () => {
      const error = law.inversion(at);
      expect(error.x).toBeLessThan(1e-5);
      expect(error.logDet).toBeLessThan(1e-5);
    });
    test('the log-det is that of the Jacobian, per sample', () => {
      expect(law.logDetError(at)).toBeLessThan(1e-4);
    });
    // The convolutional conditioner has kinks.
    if (!/Coupling|chain/.test(name) || name.includes('smooth')) {
      test('the Taylor remainder is of second order', () => {
        expect(law.taylorOrder(at)).toBeGreaterThan(1.8);
      });
    }
    test('pushforward and pullback are adjoint', () => {
      expect(law.adjointError(at)).toBeLessThan(1e-5);
    });
    test('gradients equal those of tfjs, and no tensor stays', () => {
      const before = tf.memory().numTensors;
      expect(law.gradientError(at)).toBeLessThan(1e-5);
      expect(tf.memory().numTensors).toBe(before);
    });
  });
});

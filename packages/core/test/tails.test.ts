import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { freeSample, sample } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';

beforeAll(() => tf.setBackend('cpu'));

const numbers = (t: tf.Tensor) => Array.from(t.dataSync());
const bounds = [
  [-1, 2],
  [0, 2 * Math.PI],
  [-3, 3],
] as const;
const mixed = { bins: 4, tails: ['bounded', 'circular', 'linear'], bounds } as const;
const kinds: Record<string, () => core.Bijection> = {
  spline: () => core.spline(mixed),
  splineCoupling: () => core.splineCoupling({ ...mixed, split: 1, hidden: 5 }),
  autoregressive: () => core.autoregressive({ hidden: 5, transformer: { kind: 'spline', ...mixed } }),
  splineFlow: () => core.splineFlow({ ...mixed, layers: 2, hidden: 5 }),
};
const [low, high] = [bounds.map(([end]) => end), bounds.map(([, end]) => end)];

test.each(Object.entries(kinds))('%s keeps the ends of its boxes, and lets no number out', (name, make) => {
  const { bijection, w, ...rest } = sample(make(), [1, 3]);
  const ends = tf.tensor2d([low, high].map((row) => [...row]));
  for (const way of ['forward', 'inverse'] as const) {
    const out = way === 'forward' ? bijection.forward(ends, w).y : bijection.inverse(ends, w).x;
    const errors = numbers(out).map((v, i) => Math.abs(v - ([...low, ...high][i] ?? 0)));
    expect(Math.max(...errors)).toBeLessThan(2e-6);
  }
  const inside = tf.tensor2d([[0.3, 1, 0]]);
  const beyond = tf.tensor2d([[2.01, 1, 0]]);
  const far = tf.tensor2d([[0.3, 1, 50]]);
  // The first channel stays.
  if (name !== 'splineCoupling') expect(() => bijection.forward(beyond, w)).toThrow(/numbers within/);
  expect(numbers(bijection.forward(far, w).y)[2]).toBeCloseTo(50, 4);
  const flow = core.flow({
    bijection,
    base: core.normalOrUniform({ bounds: [[-1, 2], [0, 2 * Math.PI], null] }),
  });
  const own = core.withPrefix('flow/', w);
  expect(Number.isFinite(numbers(flow.logProb(inside, own))[0])).toBe(true);
  expect(numbers(flow.logProb(beyond, own))[0]).toBe(-Infinity);
  freeSample({ bijection, w, ...rest });
});

test('the density of a circular channel is the same at both ends, that of a bounded one is not', () => {
  const slopes = (tails: core.Tails) => {
    const { bijection, w } = sample(core.spline({ bins: 4, tails, bounds: [0, 1] }), [1, 1]);
    return numbers(bijection.forward(tf.tensor2d([[0], [1]]), w).logDet);
  };
  const [first = 0, last = 0] = slopes('circular');
  expect(first).toBeCloseTo(last, 5);
  const [free = 0, other = 0] = slopes('bounded');
  expect(Math.abs(free - other)).toBeGreaterThan(0.01);
});

test('a flow of a bounded and a circular feature has mass 1', () => {
  const box = [
    [0, 2],
    [-1, 1],
  ] as const;
  const b = core.splineFlow({ bins: 4, tails: ['bounded', 'circular'], bounds: box, layers: 2, hidden: 5 });
  const { w } = sample(b, [1, 2]);
  const flow = core.flow({ bijection: b, base: core.normalOrUniform({ bounds: box }) });
  const n = 60;
  const points = Array.from({ length: n * n }, (_, k) => [
    (2 * ((k % n) + 0.5)) / n,
    -1 + (2 * (Math.floor(k / n) + 0.5)) / n,
  ]);
  const p = numbers(tf.exp(flow.logProb(tf.tensor2d(points), core.withPrefix('flow/', w))));
  expect((4 * p.reduce((a, v) => a + v, 0)) / n ** 2).toBeCloseTo(1, 2);
});

test('lists are for as many channels as they are long, and closed tails suffer nothing that moves numbers', () => {
  for (const make of Object.values(kinds)) {
    expect(() => core.createWeights(make(), [1, 4])).toThrow(/3 channels/);
  }
  expect(() => core.splineFlow({ tails: 'bounded', norm: 'actNorm' })).toThrow(/norm 'none'/);
  expect(() => core.splineFlow({ tails: 'circular', mixing: {} })).toThrow(/mixing 'flip'/);
  expect(() => core.splineFlow({ kind: 'autoregressive', mixing: {} })).toThrow(/neither conditioner/);
});

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

beforeAll(() => tf.setBackend('cpu'));

const numbers = (t: tf.Tensor) => Array.from(t.dataSync());
const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);

/** The weights of a first batch as variables; the optimizer moves those that train. */
function variables(b: core.Bijection, x: tf.Tensor): core.Weights {
  const w = core.initialize(b, x);
  const specs = b.weights(x.shape);
  return Object.fromEntries(
    specs.map(({ name, trainable = true }) => [name, tf.variable(w[name]!, trainable)]),
  );
}

/** −log p in the unit of the moons, after a short training on moons of a unit about an offset. */
function trained(centred: boolean, offset: number, unit: number): number {
  const flow = core.realNvp({ layers: 2, hidden: 8, centred });
  const [op, base] = [core.reversible(flow), core.normal()];
  return tf.tidy(() => {
    const x = tf.add(tf.mul(core.twoMoons().sample(128, { seed: 3 }), unit), offset);
    const w = variables(flow, x);
    const nll = () => {
      const { y, logDet } = op(x, w);
      return tf.neg(tf.mean<tf.Scalar>(tf.add(base.logProb(y, {}), logDet)));
    };
    const adam = tf.train.adam(5e-3);
    for (let step = 0; step < 40; step++) adam.minimize(nll);
    adam.dispose();
    const [loss = Number.NaN] = numbers(nll());
    tf.disposeVariables();
    return loss - 2 * Math.log(unit);
  });
}

// About 1e4 float32 keeps 2⁻¹⁰, a thousandth of the deviation of the moons, so that the points themselves are other ones there: the
// losses differ in the third decimal. About 1e6 it would keep a sixteenth, and no parametrisation brings the rest back.
test('training depends neither on the offset nor on the unit of the data', () => {
  const loss = trained(true, 0, 1);
  expect(loss).toBeLessThan(1.95); // 2.05 before the first step
  for (const [offset, unit] of [
    [1e2, 1],
    [1e4, 1],
    [0, 1e-3],
  ] as const) {
    expect(Math.abs(trained(true, offset, unit) / loss - 1)).toBeLessThan(0.02);
  }
  expect(trained(false, 1e4, 1)).toBeGreaterThan(2 * loss);
});

test('weights of 0.1.0 are the same map to the last bit, alone and inside a network', () => {
  for (const [make, shape] of [
    [(centred: boolean) => core.actNorm({ centred }), [6, 4]],
    [(centred: boolean) => core.realNvp({ layers: 3, hidden: 4, centred }), [6, 4]],
    [(centred: boolean) => core.hint({ layers: 2, hidden: 4, centred }), [2, 2, 2, 4]],
    [(centred: boolean) => core.conditionalHint({ layers: 2, hidden: 4, centred }), [6, 4]],
    [(centred: boolean) => core.glow({ shape: [4, 4, 1], steps: 1, hidden: 4, centred }), [2, 4, 4, 1]],
  ] as const) {
    const [older, today] = [make(false), make(true)];
    const made = core.createWeights(older, [...shape]);
    const w = Object.fromEntries(Object.entries(made).map(([n, t], i) => [n, tf.add(t, normal(t.shape, i))]));
    const x = normal([...shape], 99);
    const renewed = core.upgradeWeights(today, [...shape], w);
    const [a, b] = [older.forward(x, w), today.forward(x, renewed)];
    expect(numbers(b.y)).toEqual(numbers(a.y));
    expect(numbers(b.logDet)).toEqual(numbers(a.logDet));
    expect(numbers(today.inverse(a.y, renewed).x)).toEqual(numbers(older.inverse(a.y, w).x));
    expect(() => today.forward(x, w)).toThrow(/a weight .*mean .*upgradeWeights/);
    expect(core.upgradeWeights(today, [...shape], renewed)).toEqual(
      Object.fromEntries(Object.keys(renewed).map((name) => [name, expect.anything()])),
    );
  }
});

/** The gradients of a sum of squares after an ActNorm of these log-scales and a coupling. */
function gradients(logScale: number, stored: boolean): number[] {
  const flow = core.chain([core.actNorm(), core.affineCoupling({ hidden: 4 })], {
    keys: ['norm', 'coupling'],
  });
  const x = normal([16, 4], 1);
  const fresh = core.initialize(flow, x, { seed: 2 });
  const w: core.Weights = { ...fresh, 'norm/logScale': tf.fill([4], logScale), 'coupling/b3': tf.ones([4]) };
  const names = Object.keys(w);
  const f = (...ts: tf.Tensor[]) => {
    const given = Object.fromEntries(names.map((name, i) => [name, ts[i]!]));
    const { y } = stored ? flow.forward(x, given) : core.reversible(flow)(x, given);
    return tf.sum<tf.Scalar>(tf.square(y));
  };
  const all = tf.grads(f)(Object.values(w));
  return numbers(all[names.indexOf('norm/logScale')]!);
}

test.each([-23, -200, 23, 1e30])(
  'a step that drives the log-scale to %d leaves scales bounded and gradients right',
  (l) => {
    const b = core.actNorm();
    const x = normal([64, 3], 1);
    const w = { ...core.initialize(b, x), logScale: tf.fill([3], l) };
    const { y } = b.forward(x, w);
    const deviation = Math.sqrt(numbers(tf.moments(y, 0).variance)[0]!);
    expect(Math.abs(Math.log(deviation))).toBeLessThan(4 + Math.PI / 2 + 1e-3);
    expect(Math.max(...numbers(tf.abs(tf.sub(b.inverse(y, w).x, x))))).toBeLessThan(1e-4);
    const [rebuilt, kept] = [gradients(l, false), gradients(l, true)];
    const largest = Math.max(...kept.map(Math.abs));
    for (const [i, g] of kept.entries())
      expect(Math.abs(rebuilt[i]! - g)).toBeLessThanOrEqual(1e-3 * largest);
  },
);

test('log-scales up to 4 are as they are', () => {
  const w = { ...core.createWeights(core.actNorm(), [1, 2]), logScale: tf.tensor1d([-4, 2]) };
  const { y, logDet } = core.actNorm().forward(tf.ones([1, 2]), w);
  expect(numbers(y)).toEqual(numbers(tf.exp(tf.tensor1d([-4, 2]))));
  expect(numbers(logDet)).toEqual([-2]);
});

test.each([
  ['a constant', [7.3, 7.3, 7.3, 7.3]],
  ['zero', [0, 0, 0, 0]],
  ['denormal, as one-hot of stock wasm makes them', [1.4e-45, 0, 1.4e-45, 0]],
  ['denormal about an offset', [1e4, 1e4 + 1e-40, 1e4, 1e4]],
  ['the least normal', [1.2e-38, 0, 1.2e-38, 0]],
  ['a constant but for rounding', [1e6, 1e6 + 0.0625, 1e6, 1e6]],
])('a channel that is %s keeps its scale', (_, column) => {
  const x = tf.tile(tf.stack([tf.tensor1d(column), tf.tensor1d([1, -1, 1, -1])], 1), [2, 1]);
  for (const [centred, scale] of [
    [true, 'logDeviation'],
    [false, 'logScale'],
  ] as const) {
    for (const direction of ['forward', 'inverse'] as const) {
      const w = core.initialize(core.actNorm({ centred }), x, { direction });
      expect(Math.abs(numbers(w[scale]!)[0]!)).toBe(0);
      for (const t of Object.values(w)) expect(numbers(t).every(Number.isFinite)).toBe(true);
    }
  }
});

test.each([1e-33, 1e-8, 1, 1e8, 1e37])('deviations of %d are set, and undone', (unit) => {
  const x = tf.mul(normal([64, 2], 1), unit);
  const w = core.initialize(core.actNorm(), x);
  const { y } = core.actNorm().forward(x, w);
  for (const v of numbers(tf.moments(y, 0).variance)) expect(v).toBeCloseTo(1, 4);
  const back = core.actNorm().inverse(y, w).x;
  expect(Math.max(...numbers(tf.abs(tf.div(tf.sub(back, x), unit))))).toBeLessThan(1e-5);
});

// The mean of wasm alone is off by a thousandth of a deviation here.
test.each(['cpu', 'wasm'])(
  'mean and deviation are those of float64 about large offsets, on %s',
  async (backend) => {
    await tf.setBackend(backend);
    const [offset, n] = [4096, 3000];
    const x = tf.add(normal([n, 1], 4), offset);
    const { mean, logDeviation } = core.initialize(core.actNorm(), x);
    const exact = numbers(x);
    const m = exact.reduce((sum, v) => sum + v, 0) / n;
    const s = Math.sqrt(exact.reduce((sum, v) => sum + (v - m) ** 2, 0) / n);
    expect(Math.abs(numbers(mean!)[0]! - m)).toBeLessThan(offset * 2 ** -23);
    expect(Math.abs(numbers(logDeviation!)[0]! - Math.log(s))).toBeLessThan(1e-5);
    await tf.setBackend('cpu');
  },
);

test('first batches of one value, of NaN and of infinities are refused', () => {
  const start = (x: tf.Tensor) => () => core.initialize(core.realNvp({ layers: 1, hidden: 2 }), x);
  expect(start(tf.ones([1, 2]))).toThrow(/first batch with at least 2 values per channel/);
  for (const bad of [Number.NaN, Infinity]) {
    const x = tf.concat([normal([8, 2], 1), tf.tensor2d([[1, bad]])]);
    expect(start(x)).toThrow(/first batch of finite numbers/);
  }
});

test('small batches are worth one warning of a whole network', () => {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  const flow = core.realNvp({ layers: 6, hidden: 2 });
  core.initialize(flow, normal([8, 2], 1));
  expect(warn).not.toHaveBeenCalled();
  core.initialize(flow, normal([3, 2], 1));
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/actNorm: only 3 values per channel .* 50 %/)]]);
  warn.mockRestore();
});

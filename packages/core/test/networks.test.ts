import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { activationBytes, freeSample, relativeError, reversed, sample } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';

const normal = (shape: readonly number[], seed: number) => tf.randomNormal([...shape], 0, 1, 'float32', seed);
const free = (...held: (tf.TensorContainer | undefined)[]) => tf.dispose(held as tf.TensorContainer);

beforeAll(async () => {
  core.registerKernels();
  await tf.setBackend('wasm');
});

/** Networks of a growing depth; their gradients are small against what runs through. */
const deep: Record<string, { make: (k: number) => core.Bijection; on: number[]; given?: number[] }> = {
  glow: { make: (steps) => core.glow({ shape: [16, 16, 1], steps, hidden: 8 }), on: [16, 16, 16, 1] },
  conditionalGlow: {
    make: (steps) => core.conditionalGlow({ shape: [8, 8, 1], steps, hidden: 8 }),
    on: [32, 8, 8, 1],
    given: [32, 8, 8, 1],
  },
  hint: { make: (layers) => core.hint({ layers, hidden: 8 }), on: [2000, 6] },
  maf: { make: (layers) => core.maf({ layers, hidden: 8 }), on: [2000, 3] },
  'conditionalHint, lane of x': {
    make: (layers) => core.conditionalHint({ layers, hidden: 8, lane: 'x' }),
    on: [2000, 4],
    given: [2000, 4],
  },
};

test.each(Object.entries(deep))(
  'memory of a training step of %s does not grow with depth',
  async (_, entry) => {
    const activations = async (depth: number) => {
      const b = entry.make(depth);
      const x = normal(entry.on, 1);
      const c = entry.given && normal(entry.given, 2);
      const made = core.createWeights(b, x.shape, c && { condition: c.shape });
      const w = Object.fromEntries(Object.entries(made).map(([name, t]) => [name, tf.variable(t)]));
      const step = () =>
        Object.values(
          tf.variableGrads(() => {
            const { y, logDet } = core.reversible(b)(x, w, { ...(c && { condition: c }) });
            return tf.sub(tf.mean(tf.square(y)), tf.mean(logDet)) as tf.Scalar;
          }).grads,
        );
      const { activations: bytes } = await activationBytes(step);
      free(x, c, made, w);
      return bytes;
    };
    const [shallow, deep] = [await activations(4), await activations(64)];
    expect(shallow).toBeGreaterThan(0);
    expect(deep / shallow).toBeLessThan(1.05);
  },
);

/** Fresh networks do nothing but normalise and rotate, so that the first batch leaves them with mean square 1. */
const fresh: Record<string, { make: () => core.Bijection; on: number[]; given?: number[] }> = {
  glow: { make: () => core.glow({ split: false }), on: [8, 4, 4, 1] },
  conditionalGlow: {
    make: () => core.conditionalGlow({ split: false }),
    on: [8, 4, 4, 1],
    given: [8, 4, 4, 2],
  },
  realNvp: { make: () => core.realNvp(), on: [50, 5] },
  maf: { make: () => core.maf(), on: [50, 5] },
  iaf: { make: () => core.iaf(), on: [50, 5] },
  hint: { make: () => core.hint(), on: [50, 5] },
  'conditionalHint, both lanes': { make: () => core.conditionalHint(), on: [50, 6] },
  'conditionalHint, lane of x': {
    make: () => core.conditionalHint({ lane: 'x' }),
    on: [50, 3],
    given: [50, 3],
  },
};

describe.each(Object.entries(fresh))('the first batch sets %s', (_, { make, on, given }) => {
  test.each(['forward', 'inverse'] as const)('trained in the %s direction', async (direction) => {
    const b = make();
    const [x, c] = tf.tidy(() => [
      tf.add(3, tf.mul(7, normal(on, 1))),
      ...(given ? [tf.sub(tf.mul(5, normal(given, 2)), 2)] : []),
    ]) as [tf.Tensor, tf.Tensor | undefined];
    const input = direction === 'forward' ? x : tf.reshape(x, b.outputShape(on));
    const start = core.createWeights(b, on, given && { condition: given });
    const set = b.initialize(input, start, direction, c);
    const w = { ...start, ...set };
    const meanSquare = tf.tidy(() => {
      const out = direction === 'forward' ? b.forward(input, w, c).y : b.inverse(input, w, c).x;
      return tf.mean(tf.square(out));
    });
    expect((await meanSquare.data())[0]).toBeCloseTo(1, 4);
    if (given) expect(Object.keys(set).some((name) => /conditionNorm|norm\/y/.test(name))).toBe(true);
    free(x, c, input, start, set, meanSquare);
  });
});

const options = { hidden: 4, mixing: { kind: 'lu' }, clamp: 1 } as const;
const laned: [string, (lane: 'both' | 'x' | 'y') => core.Bijection, number[]][] = [
  ['conditionalHint', (lane) => core.conditionalHint({ ...options, layers: 2, lane }), [5, 6]],
  [
    'multiscaleConditionalHint',
    (lane) => core.multiscaleConditionalHint({ ...options, shape: [4, 4, 1], steps: 1, lane }),
    [2, 4, 4, 2],
  ],
];
test.each(laned)('the lanes of %s agree: x given y and y alone are both lanes', async (_, make, on) => {
  const both = sample(make('both'), on);
  const errors = tf.tidy(() => {
    const [x, y] = tf.split(both.x, 2, -1) as [tf.Tensor, tf.Tensor];
    const all = both.bijection.forward(both.x, both.w);
    const zx = make('x').forward(x, both.w, y);
    const zy = make('y').forward(y, both.w);
    return [
      tf.max(tf.abs(tf.sub(all.y, tf.concat([zx.y, zy.y], -1)))),
      tf.max(tf.abs(tf.sub(all.logDet, tf.add(zx.logDet, zy.logDet)))),
    ];
  });
  for (const error of errors) expect((await error.data())[0]).toBeLessThan(1e-5);
  free(errors);
  freeSample(both);
});

test.each([
  ['conditionalHint', () => core.conditionalHint({ layers: 2, hidden: 4, lane: 'x' }), [5, 4]],
  [
    'multiscaleConditionalHint',
    () => core.multiscaleConditionalHint({ shape: [4, 4, 1], steps: 1, hidden: 4, clamp: 1, lane: 'x' }),
    [2, 4, 4, 1],
  ],
] as const)(
  'the inverse of the lane of x of %s passes its cotangent on to the condition',
  async (_, make, on) => {
    const at = reversed(sample(make(), on, { condition: on }));
    const { bijection, x, w } = at;
    const gradients = (f: (x: tf.Tensor, c: tf.Tensor) => { y: tf.Tensor; logDet: tf.Tensor }) =>
      tf.grads((x: tf.Tensor, c: tf.Tensor) => {
        const { y, logDet } = f(x, c);
        return tf.add(tf.sum(tf.sin(y)), tf.sum(logDet));
      })([x, at.c!]);
    const ours = gradients((x, c) => core.reversible(bijection)(x, w, { condition: c }));
    const stock = gradients((x, c) => bijection.forward(x, w, c));
    for (const i of [0, 1]) expect(await relativeError(ours[i]!, stock[i]!)).toBeLessThan(1e-5);
    free(ours, stock);
    freeSample(at);
  },
);

test('networks are made of what they say', () => {
  const weights = (b: core.Bijection, on: number[]) =>
    b.weights(on).flatMap(({ name, shape }) => (/(W1|V|logScale)$/.test(name) ? [`${name} ${shape}`] : []));
  expect(weights(core.glow({ shape: [4, 4, 3], steps: 1, hidden: 5 }), [1, 4, 4, 3])).toEqual([
    'steps/0/norm/logScale 12',
    'steps/0/coupling/mixing/V 3,12',
    'steps/0/coupling/coupling/W1 3,3,6,5',
    'prior/W1 3,3,6,5',
    'rest/steps/0/norm/logScale 24',
    'rest/steps/0/coupling/mixing/V 3,24',
    'rest/steps/0/coupling/coupling/W1 3,3,12,5',
  ]);
  // What a coupling keeps, the next one moves.
  expect(weights(core.realNvp({ layers: 2, hidden: 4, norm: 'none' }), [1, 5])).toEqual([
    '0/coupling/W1 2,4',
    '1/coupling/W1 3,4',
  ]);
});

test('a deep set does not see the order of its members', async () => {
  const s = core.deepSet({ hidden: 5, out: 3 });
  const errors = tf.tidy(() => {
    const c = normal([2, 7, 4], 1);
    const w = Object.fromEntries(
      s.weights(c.shape).map(({ name, shape }, i) => [name, normal(shape, i + 2)]),
    );
    const h = s.forward(c, w);
    expect(h.shape).toEqual(s.outputShape(c.shape));
    // Twice as many members, twice each, the other way round: the same mean.
    const more = tf.concat([tf.reverse(c, 1), c], 1);
    return tf.div(tf.max(tf.abs(tf.sub(s.forward(more, w), h))), tf.max(tf.abs(h)));
  });
  expect((await errors.data())[0]).toBeLessThan(1e-5);
  errors.dispose();
});

test('a summary shows members, shapes and weights', () => {
  const text = core.summary(core.conditionalGlow({ shape: [8, 8, 1], steps: 2, hidden: 8 }), [1, 8, 8, 1], {
    condition: [1, 8, 8, 2],
    depth: 1,
  });
  expect(text.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['out', 'weights'],
    ['conditionalGlow', '[?, 64]', '9,964'],
    ['conditionNorm', 'of the condition', '[?, 8, 8, 2]', '8'],
    ['condition', 'of the condition', '[?, 4, 4, 8]', '0'],
    ['squeeze', '[?, 4, 4, 4]', '0'],
    ['steps', '[?, 4, 4, 4]', '2,240'],
    ['prior', 'affineCoupling', '[?, 4, 4, 4]', '1,092'],
    ['rest', '[?, 64]', '6,624'],
  ]);
});

test.each([
  ['no shape', () => core.glow(), 'option shape'],
  ['an odd size', () => core.glow({ shape: [6, 8, 1] }), 'spatial sizes that 4 divides'],
  ['a batch in the shape', () => core.glow({ shape: [1, 4, 4, 4, 1] }), '0 to 3 spatial axes'],
  ['too many scales', () => core.glow({ shape: [4], scales: 3 }), 'at least 2 channels at every scale'],
  ['one gray channel', () => core.glow({ shape: [4, 4, 1], squeeze: 'none' }), 'at least 2 channels'],
  ['no scale', () => core.glow({ shape: [4], scales: 0 }), 'scales to be a whole number'],
  ['half a step', () => core.glow({ shape: [4], steps: 0.5 }), 'steps to be a whole number'],
  ['no layers', () => core.realNvp({ layers: 0 }), 'layers to be a whole number'],
  ['an unknown norm', () => core.hint({ norm: 'batch' as 'none' }), 'norm to be one of actNorm, none'],
  [
    'an unknown coupling',
    () => core.glow({ coupling: 'spline' as 'hint', shape: [4] }),
    'coupling to be one of',
  ],
  ['an odd pair', () => core.conditionalHint().outputShape([1, 5]), 'as many channels of y as of x'],
  ['no y', () => core.conditionalHint({ lane: 'x' }).weights([1, 3]), 'a condition of shape [?, 3]'],
  [
    'a y too small',
    () => core.conditionalHint({ lane: 'x' }).weights([1, 3], [1, 2]),
    'a condition of shape',
  ],
  ['a vector as a set', () => core.deepSet().weights([1, 3]), 'sets [batch, members, features]'],
])('%s is refused with a reason', (_, make, reason) => {
  const attempt = () => {
    const b = make();
    // Some things only the shape of x can tell.
    if (b && 'outputShape' in b) b.outputShape([1, 4]);
  };
  expect(attempt).toThrow(core.InvertibleError);
  expect(attempt).toThrow(reason);
});

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { peakBytes, relativeError } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';

beforeAll(() => tf.setBackend('cpu'));

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);

/** Couplings by hand: each half moves the other, and both are joined. */
const branching = () =>
  core.graph({
    shape: [4],
    nodes: [
      { from: 'x', through: core.actNorm(), to: 'scaled' },
      { from: 'scaled', split: { a: 2, b: 2 } },
      { from: 'b', through: core.conditionalAffine({ hidden: 6 }), given: 'a', to: 'moved' },
      { from: 'a', through: core.conditionalAffine({ hidden: 6 }), given: 'moved', to: 'other' },
      { join: ['other', 'moved'], to: 'y' },
    ],
  });

test('it is the chain of couplings that it spells out', async () => {
  const graph = branching();
  const x = normal([8, 4], 1);
  const w = core.initialize(graph, x);
  for (const [name, t] of Object.entries(w))
    if (/W|b\d/.test(name)) w[name] = tf.mul(0.5, normal(t.shape, 3));
  const chain = core.chain([
    core.actNorm(),
    core.affineCoupling({ hidden: 6 }),
    core.affineCoupling({ hidden: 6, flip: true }),
  ]);
  const places = ['scaled', 'moved', 'other'];
  const same = Object.fromEntries(
    Object.entries(w).map(([name, t]) => {
      const [place = '', own = ''] = name.split('/');
      return [`${places.indexOf(place)}/${own}`, t];
    }),
  );
  const [one, two] = [graph.forward(x, w), chain.forward(x, same)];
  expect(await relativeError(one.y, two.y)).toBeLessThan(1e-6);
  expect(await relativeError(one.logDet, two.logDet)).toBeLessThan(1e-6);
});

test('the first batch sets its weights, both ways, and leaves nothing behind', async () => {
  const graph = branching();
  const x = tf.add(tf.mul(normal([64, 4], 1), 3), 5);
  const before = tf.memory().numTensors;
  const w = core.initialize(graph, x);
  const values = Object.values(w);
  expect(tf.memory().numTensors - before).toBe(values.length);
  const { y } = graph.forward(x, w);
  const mean = tf.tidy(() => tf.mean(y).dataSync()[0] ?? 1);
  expect(Math.abs(mean)).toBeLessThan(1e-5);
  tf.dispose(core.initialize(graph, x, { direction: 'inverse' }));
  expect(tf.memory().numTensors - before).toBe(values.length + 2);
});

test('memory of a pullback does not grow with the number of maps', async () => {
  const peak = async (n: number) => {
    const nodes = Array.from({ length: n }, (_, i): core.GraphNode[] => [
      { from: i === 0 ? 'x' : `y${i - 1}`, split: { [`a${i}`]: 2, [`b${i}`]: 2 } },
      { from: `b${i}`, through: core.conditionalAffine({ hidden: 4 }), given: `a${i}`, to: `moved${i}` },
      { join: [`moved${i}`, `a${i}`], to: `y${i}` },
    ]);
    const graph = core.graph({ shape: [4], nodes: nodes.flat() });
    const w = core.createWeights(graph, [1, 4]);
    const x = normal([2000, 4], 1);
    const step = () => tf.grad((t) => tf.sum(core.reversible(graph)(t, w).y))(x);
    return (await peakBytes(step)).peakBytes;
  };
  const [few, many] = [await peak(2), await peak(16)];
  expect(many / few).toBeLessThan(1.1);
});

test('it prints itself', () => {
  expect(String(branching())).toBe(
    [
      'graph(',
      '  x [4]',
      '  x → scaled [4]: actNorm',
      '  scaled → a [2], b [2]',
      '  b → moved [2]: conditionalAffine given a',
      '  a → other [2]: conditionalAffine given moved',
      '  other + moved → y [4]',
      ')',
    ].join('\n'),
  );
});

test('it draws itself: a box for each map, a name for each place, and dashes for what conditions', () => {
  const svg = branching().svg();
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  expect(svg.match(/<rect fill="#dbe8f5"/g)).toHaveLength(3);
  expect(svg.match(/stroke-dasharray/g)).toHaveLength(2);
  for (const place of ['x [4]', 'scaled [4]', 'a [2]', 'b [2]', 'moved [2]', 'other [2]', 'y [4]'])
    expect(svg).toContain(`>${place}<`);
});

const act = core.actNorm();
const split: core.GraphNode = { from: 'x', split: { a: 2, b: 2 } };

test.each<[string, core.GraphNode[], RegExp]>([
  [
    'a place that is not there',
    [{ from: 'z', through: act, to: 'y' }],
    /in use: x, got "z"\. Places come before/,
  ],
  [
    'a place that was left',
    [split, { from: 'x', through: act, to: 'y' }],
    /in use: a, b, got "x"\. It was left/,
  ],
  [
    'a condition that was left, which the way back does not know',
    [split, { from: 'a', through: act, to: 'c' }, { from: 'b', through: act, given: 'a', to: 'd' }],
    /in use: c, got "a"\. It was left/,
  ],
  [
    'a name that is taken',
    [split, { from: 'a', through: act, to: 'b' }],
    /a new name for each place, got "b"/,
  ],
  [
    'a split of other channels',
    [{ from: 'x', split: { a: 3, b: 2 } }],
    /a split of 4 channels.* x has shape \[4\]/,
  ],
  ['a join of one', [{ join: ['x'], to: 'y' }], /two places or more to join/],
  ['a map that does not take the shape', [{ from: 'x', through: core.squeeze(), to: 'y' }], /squeeze/],
])('%s is refused when it is made', (_, nodes, message) => {
  expect(() => core.graph({ shape: [4], nodes })).toThrow(core.InvertibleError);
  expect(() => core.graph({ shape: [4], nodes })).toThrow(message);
});

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { freeSample, peakBytes, sample } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';

beforeAll(() => tf.setBackend('cpu'));

/** Which numbers of y each number of a single x moves, by its tangents: the rows are those of x, the last those of the condition. */
async function reach(b: core.Bijection, shape: number[], condition?: number[]): Promise<boolean[][]> {
  const at = sample(b, shape, condition && { condition });
  const still = Object.fromEntries(Object.entries(at.w).map(([name, t]) => [name, tf.zerosLike(t)]));
  const n = at.x.size;
  const rows = Array.from({ length: n }, (_, i) =>
    tf.tidy(() => {
      const one = tf.reshape(tf.oneHot(tf.tensor1d([i], 'int32'), n), shape);
      return b.pushforward(at.x, tf.cast(one, 'float32'), at.w, still, at.c).dy;
    }),
  );
  if (at.c) {
    const { x, w, c } = at;
    rows.push(tf.tidy(() => b.pushforward(x, tf.zerosLike(x), w, still, c, tf.onesLike(c)).dy));
  }
  const all = await Promise.all(rows.map(async (t) => Array.from(await t.data(), (v) => v !== 0)));
  tf.dispose([rows, still]);
  freeSample(at);
  return all;
}

const hidden = 24;
const orders: [string, core.AutoregressiveOptions['order'], number[]][] = [
  ['natural', 'natural', [0, 1, 2, 3, 4]],
  ['reversed', 'reversed', [4, 3, 2, 1, 0]],
  ['given', [3, 0, 4, 1, 2], [3, 0, 4, 1, 2]],
];

test.each(orders)(
  'in %s order each number moves itself and all after it, and the condition moves all',
  async (_, order, list) => {
    const b = core.autoregressive({ hidden, order: order ?? 'natural', activation: 'tanh' });
    const expected = list.map((_, i) => list.map((_, j) => list.indexOf(i) <= list.indexOf(j)));
    expect(await reach(b, [1, 5])).toEqual(expected);
    expect(await reach(b, [1, 5], [1, 2])).toEqual([...expected, list.map(() => true)]);
  },
);

test('a random order is one of its seed', async () => {
  const [a, again, other] = await Promise.all(
    [1, 1, 2].map((seed) => reach(core.autoregressive({ hidden, order: 'random', seed }), [1, 5])),
  );
  expect(again).toEqual(a);
  expect(other).not.toEqual(a);
});

test('with a kernel pixels move those after them in raster order, as far as it reaches, and their later channels', async () => {
  const b = core.autoregressive({ hidden, kernel: 3, activation: 'tanh' });
  const seen = await reach(b, [1, 1, 4, 2]);
  const first = seen[0];
  // A kernel of 3 twice: two pixels on.
  expect(first).toEqual([true, true, true, true, true, true, false, false]);
  expect(seen[5]).toEqual([false, false, false, false, false, true, true, true]);
  const rows = await reach(b, [1, 3, 3, 1]);
  expect(rows[2]?.slice(0, 6)).toEqual([false, false, true, false, true, true]);
});

/** Bytes that a direction holds at most, beyond its results. */
async function most(d: number, run: (b: core.Bijection, x: tf.Tensor, w: core.Weights) => tf.Tensor[]) {
  const b = core.autoregressive({ hidden: 32 });
  const [x, w] = [tf.randomNormal([64, d], 0, 1, 'float32', 1), core.createWeights(b, [64, d])];
  const { peakBytes: peak, newBytes, result } = await peakBytes(() => run(b, x, w));
  tf.dispose([result, x, w]);
  return peak - newBytes;
}

test('the memory of the sequential direction is that of the parallel one, however many numbers there are', async () => {
  const inverse = (b: core.Bijection, x: tf.Tensor, w: core.Weights) => {
    const r = b.inverse(x, w);
    return [r.x, r.logDet];
  };
  const forward = (b: core.Bijection, x: tf.Tensor, w: core.Weights) => {
    const r = b.forward(x, w);
    return [r.y, r.logDet];
  };
  for (const d of [4, 16]) {
    const x = 64 * d * 4;
    expect((await most(d, inverse)) - (await most(d, forward))).toBeLessThan(4 * x);
  }
});

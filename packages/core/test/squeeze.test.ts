import '@tensorflow/tfjs-backend-cpu';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

beforeAll(() => tf.setBackend('cpu'));

const row = (shape: readonly number[], at: readonly number[]) =>
  at.reduce((index, i, axis) => index * shape[axis]! + i, 0);

/** Every index of a shape. */
const indices = (shape: readonly number[]): number[][] =>
  shape.reduce<number[][]>(
    (all, n) => all.flatMap((at) => Array.from({ length: n }, (_, i) => [...at, i])),
    [[]],
  );

const sources = {
  checkerboard: (i: number, bit: number) => 2 * i + bit,
  patch: (i: number, bit: number, half: number) => i + bit * half,
};

describe.each([[[2, 6, 3]], [[2, 4, 6, 3]], [[2, 4, 2, 6, 3]]])('of %j', (shape) => {
  test.each(Object.entries(sources))(
    'squeeze, %s, puts every number where its formula says',
    (pattern, of) => {
      const space = shape.slice(1, -1);
      const C = shape.at(-1)!;
      const x = tf.reshape(
        tf.range(
          0,
          shape.reduce((n, size) => n * size),
        ),
        shape,
      );
      const { y } = core.squeeze({ pattern: pattern as core.SqueezePattern }).forward(x, {});
      const expected = indices(y.shape).map((at) => {
        const [p, c] = [Math.floor(at.at(-1)! / C), at.at(-1)! % C];
        const from = space.map((n, k) => of(at[k + 1]!, (p >> k) & 1, n / 2));
        return row(shape, [at[0]!, ...from, c]);
      });
      expect(Array.from(y.dataSync())).toEqual(expected);
    },
  );

  test('every Haar subband is a signed sum of its neighbours over √2 per axis', () => {
    const space = shape.slice(1, -1);
    const [d, C] = [space.length, shape.at(-1)!];
    const x = tf.randomNormal(shape, 0, 1, 'float32', 5);
    const { y } = core.haarSqueeze().forward(x, {});
    const numbers = x.dataSync();
    const expected = indices(y.shape).map((at) => {
      const [p, c] = [Math.floor(at.at(-1)! / C), at.at(-1)! % C];
      const sum = indices(space.map(() => 2)).reduce((total, bits) => {
        const sign = bits.reduce((s, bit, k) => (bit & (p >> k) ? -s : s), 1);
        return (
          total + sign * numbers[row(shape, [at[0]!, ...bits.map((bit, k) => 2 * at[k + 1]! + bit), c])]!
        );
      }, 0);
      return sum / Math.SQRT2 ** d;
    });
    y.dataSync().forEach((v, i) => {
      expect(v).toBeCloseTo(expected[i]!, 5);
    });
  });
});

test.each([
  ['squeeze', core.squeeze],
  ['haarSqueeze', core.haarSqueeze],
] as const)('%s, channel by channel, has row and column of a patch in the order of PyTorch', (_, squeeze) => {
  const [C, x] = [3, tf.randomNormal([1, 4, 6, 3], 0, 1, 'float32', 5)];
  const bySubband = squeeze().forward(x, {}).y;
  const byChannel = squeeze({ order: 'channels' }).forward(x, {}).y;
  for (const [c, row, column] of indices([C, 2, 2]) as [number, number, number][]) {
    const [from, to] = [(row + 2 * column) * C + c, c * 4 + row * 2 + column];
    const of = (t: tf.Tensor, i: number) => Array.from(tf.slice(t, [0, 0, 0, i], [1, 2, 3, 1]).dataSync());
    expect(of(byChannel, to)).toEqual(of(bySubband, from));
  }
});

import '@tensorflow/tfjs-backend-cpu';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Relative error after n layers there and n back. The residual functions are small: what is lost is lost to γ. */
function lost(gamma: number, n: number, size = 0.01): number {
  return tf.tidy(() => {
    const b = core.momentum({ gamma, hidden: 8 });
    const layers = Array.from({ length: n }, (_, k) => {
      const w = core.createWeights(b, [16, 8], { seed: k });
      return {
        ...w,
        'velocity/W3': tf.mul(tf.randomNormal(w['velocity/W3']!.shape, 0, 1, 'float32', k + 1), size),
      };
    });
    const x = tf.randomNormal([16, 8], 0, 1, 'float32', 99);
    let y: tf.Tensor = x;
    for (const w of layers) y = b.forward(y, w).y;
    for (const w of layers.toReversed()) y = b.inverse(y, w).x;
    return tf.div(tf.norm(tf.sub(y, x)), tf.norm(x)).dataSync()[0]!;
  });
}

/** Rounding of float32, the few operations of a layer, and a factor of 10 for their sum over layers and channels. */
const rounding = 10 * 2 ** -24;

test.each([
  [0.9, 22],
  [0.9, 66],
  [0.8, 44],
])('with γ = %d the inverse of %i layers loses at most the bits that the docblock says', (gamma, n) => {
  const error = lost(gamma, n);
  expect(error).toBeLessThan(rounding * gamma ** -n);
  expect(error).toBeGreaterThan(2 ** -24 * gamma ** (-n / 2));
});

test('with γ = 1 none are lost, as long as the residual functions do not magnify themselves', () => {
  // The position moves by the velocity each time: it becomes up to n times larger, and so does its rounding.
  expect(lost(1, 66, 1e-5)).toBeLessThan(66 * 2 ** -24);
});

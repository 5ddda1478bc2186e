import * as tf from '@tensorflow/tfjs';

/** x ~ N(0, I) in the plane, y = A x + σ n: two numbers of it and one that mixes both. */
const A = [
  [1, 0.5],
  [-0.4, 0.8],
  [0.3, 0.9],
] as const;
export const noise = 0.5;

const normal = (n: number, size: number, seed: number) =>
  tf.randomNormal<tf.Rank.R2>([n, size], 0, 1, 'float32', seed + 0.5);

/** n pairs: x [n, 2] and y [n, 3]. */
export function simulate(n: number, seed: number): { x: tf.Tensor2D; y: tf.Tensor2D } {
  const x = normal(n, 2, 2 * seed);
  const y = tf.tidy(() => {
    const clean = tf.matMul(x, tf.transpose(tf.tensor2d(A.map((row) => [...row]))));
    return tf.add<tf.Tensor2D>(clean, tf.mul(noise, normal(n, 3, 2 * seed + 1)));
  });
  return { x, y };
}

export type Pair = [number, number];
export type Matrix = [Pair, Pair];

/**
 * The posterior, which is normal: Σ = (I + AᵀA/σ²)⁻¹, the same for every y, and μ = Σ Aᵀ y/σ².
 */
export function closedForm(y: readonly number[]): { mean: Pair; covariance: Matrix } {
  const s = noise ** 2;
  const product = (i: 0 | 1, j: 0 | 1) => A.reduce((sum, row) => sum + row[i] * row[j], 0) / s;
  const [a, b, d] = [1 + product(0, 0), product(0, 1), 1 + product(1, 1)];
  const det = a * d - b * b;
  const covariance: Matrix = [
    [d / det, -b / det],
    [-b / det, a / det],
  ];
  const back = (i: 0 | 1) => A.reduce((sum, row, k) => sum + row[i] * (y[k] ?? 0), 0) / s;
  const times = ([p, q]: Pair) => p * back(0) + q * back(1);
  return { mean: [times(covariance[0]), times(covariance[1])], covariance };
}

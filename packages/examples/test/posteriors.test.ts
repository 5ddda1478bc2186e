import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs';
import { tasks } from '../src/bench/posteriors/tasks';

beforeAll(() => tf.setBackend('cpu'));

const n = 4000;
/** The same parameters n times. */
const repeated = (theta: number[]) => tf.tile(tf.tensor2d([theta]), [n, 1]);
const mean = (v: ArrayLike<number>) => Array.from(v).reduce((sum, u) => sum + u, 0) / v.length;

test('two_moons: half a ring of radius 0.1 about what the parameters say', () => {
  const x = tasks.two_moons.simulate(repeated([0.5, -0.7]), 1);
  const [across, along] = tf.unstack(x, 1).map((t) => t.dataSync());
  const centre = [0.25 - 0.2 / Math.SQRT2, -1.2 / Math.SQRT2] as const;
  const r = Array.from(across!, (a, i) => Math.hypot(a - centre[0], along![i]! - centre[1]));
  // Four standard errors of a deviation of 0.01.
  expect(Math.abs(mean(r) - 0.1)).toBeLessThan(0.04 / Math.sqrt(n));
  expect(Math.min(...across!)).toBeGreaterThan(centre[0] - 1e-6);
});

test('slcp: four points of the covariance that the parameters say', () => {
  const x = tasks.slcp.simulate(repeated([1, -2, 1.2, -0.8, 0.5]), 2);
  const points = tf.reshape(x, [4 * n, 2]).arraySync() as [number, number][];
  const [s1, s2, rho] = [1.44, 0.64, Math.tanh(0.5)];
  const [a, b] = [points.map(([p]) => (p - 1) / s1), points.map(([, q]) => (q + 2) / s2)];
  const error = 4 / Math.sqrt(4 * n);
  expect(Math.abs(mean(a))).toBeLessThan(error);
  expect(Math.abs(mean(b))).toBeLessThan(error);
  expect(Math.abs(mean(a.map((v) => v * v)) - 1)).toBeLessThan(Math.SQRT2 * error);
  expect(Math.abs(mean(b.map((v) => v * v)) - 1)).toBeLessThan(Math.SQRT2 * error);
  expect(Math.abs(mean(a.map((v, i) => v * b[i]!)) - rho)).toBeLessThan(Math.sqrt(1 + rho ** 2) * error);
});

test('gaussian_linear: prior and noise of variance 0.1', () => {
  const theta = tasks.gaussian_linear.prior(n, 3);
  const x = tasks.gaussian_linear.simulate(theta, 4);
  const variance = (t: tf.Tensor) => mean(tf.square(t).dataSync());
  const error = (4 * Math.SQRT2 * 0.1) / Math.sqrt(10 * n);
  expect(Math.abs(variance(theta) - 0.1)).toBeLessThan(error);
  expect(Math.abs(variance(tf.sub(x, theta)) - 0.1)).toBeLessThan(error);
});

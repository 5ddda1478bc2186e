import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { adjointError, freeSample, gradientError, inversion, sample } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';

const b = core.batchNorm({ momentum: 0.75 });
const numbers = (t: tf.Tensor) => Array.from(t.dataSync());

/** A point of the training map: its mean and variance are the batch's. */
function training(shape: number[]) {
  const at = sample(b.training(0), shape);
  const { batch, running } = b.statistics(at.x, at.w);
  tf.dispose([at.w.mean!, at.w.variance!, running]);
  return { ...at, w: { ...at.w, ...batch } };
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

test.each([[[6, 3]], [[4, 2, 3, 3]], [[2, 2, 2, 2, 3]]])(
  'in training gradients go through the statistics of the batch, %j',
  async (shape) => {
    const at = training(shape);
    expect(await gradientError(at)).toBeLessThan(1e-5);
    expect(await adjointError(at)).toBeLessThan(1e-5);
    expect((await inversion(at)).x).toBeLessThan(1e-5);
    freeSample(at);
  },
);

test('in training what comes out has mean β and deviation eᵞ, whatever the running statistics', () => {
  const at = training([50, 3]);
  const { y } = b.training(0).forward(at.x, at.w);
  const { mean, variance } = tf.moments(y, 0);
  const off = (a: tf.Tensor, b: tf.Tensor) => Math.max(...numbers(tf.abs(tf.sub(a, b))));
  expect(off(mean, at.w.bias!)).toBeLessThan(1e-5);
  expect(off(variance, tf.exp(tf.mul(2, at.w.logScale!)))).toBeLessThan(1e-3);
});

test('running statistics move by 1 − momentum, and inference reads them', () => {
  const x = tf.tensor2d([1, 3], [2, 1]);
  const w = core.createWeights(b, x.shape);
  const { running } = b.statistics(x, w);
  expect(numbers(running.mean!)).toEqual([0.25 * 2]);
  expect(numbers(running.variance!)).toEqual([0.75 + 0.25]);
  const { y } = b.forward(x, { ...w, ...running });
  expect(numbers(y)[0]).toBeCloseTo((1 - 0.5) / Math.sqrt(1 + 1e-5), 6);
});

const coupling = core.affineCoupling({ hidden: 2 });
test.each<[string, core.Bijection]>([
  ['a chain', core.chain([coupling, b])],
  ['a split', core.split({ shape: [4] }, b)],
  ['some channels', core.onPart(b, { count: 2 })],
  ['the path of a condition', core.embedCondition(coupling, b, 'p')],
])('inside %s it is refused in training, where nobody gives it the statistics', (_, composed) => {
  expect(() => composed.training(1)).toThrow(/batchNorm: expected to be trained as a layer of its own/);
});

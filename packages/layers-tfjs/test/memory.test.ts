import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { registerKernels } from '@invertible/core';
import { peakBytes } from '@invertible/core/testing';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { activationsOf } from './helpers';

const inputShape = [8, 8, 4];

function build(depth: number, gradient: 'reversible' | 'stored'): tfl.Sequential {
  const model = tfl.sequential();
  for (let k = 0; k < depth; k++) {
    model.add(
      inn.affineCoupling({ hidden: 4, flip: k % 2 === 1, seed: k, gradient, ...(k === 0 && { inputShape }) }),
    );
  }
  model.add(inn.gaussianLikelihood());
  return model;
}

beforeAll(async () => {
  registerKernels();
  await tf.setBackend('wasm');
});

test('activation memory does not grow with depth', async () => {
  const x = tf.randomNormal([4, ...inputShape], 0, 1, 'float32', 1);
  const shallow = await activationsOf(build(4, 'reversible'), x);
  const deep = await activationsOf(build(32, 'reversible'), x);
  const stored = await activationsOf(build(32, 'stored'), x);
  expect(shallow).toBeGreaterThan(0);
  expect(deep / shallow).toBeLessThan(1.05);
  expect(stored / deep).toBeGreaterThan(10);
});

test('nor does it under model.fit, from 4 couplings to 256', async () => {
  const x = tf.randomNormal([4, ...inputShape], 0, 1, 'float32', 1);
  const none = tf.zeros([4, 1]);
  const peak = async (depth: number) => {
    const model = build(depth, 'reversible');
    model.compile({ optimizer: 'sgd', loss: inn.nll });
    const fit = () => model.fit(x, none, { epochs: 1, batchSize: 4, shuffle: false, verbose: 0 });
    await fit();
    const { peakBytes: most } = await peakBytes(fit);
    return most - 4 * model.countParams();
  };
  const [shallow, deep] = [await peak(4), await peak(256)];
  expect(shallow).toBeGreaterThan(0);
  expect(deep / shallow).toBeLessThan(1.05);
});

describe('at its peak, a step through four layers holds so many activations', () => {
  const shape = [16, 16, 16];
  const kinds: Record<string, [make: (seed: number) => tfl.layers.Layer, most: number]> = {
    permutation: [(seed) => inn.permutation({ seed }), 3.1],
    conv1x1: [(seed) => inn.conv1x1({ seed }), 3.1],
    leakyRelu: [() => inn.leakyRelu(), 6.1],
    actNorm: [() => inn.actNorm({ initialized: true }), 6.1],
    additiveCoupling: [(seed) => inn.additiveCoupling({ seed, hidden: 16 }), 6.1],
    affineCoupling: [(seed) => inn.affineCoupling({ seed, hidden: 16 }), 8.5],
  };
  test.each(Object.entries(kinds))('%s', async (_, [make, most]) => {
    // A variable, so that the gradient goes through the first layer too, as in the middle of a network.
    const x = tf.variable(tf.randomNormal([8, ...shape], 0, 1, 'float32', 1));
    const model = tfl.sequential();
    model.add(tfl.layers.inputLayer({ inputShape: shape }));
    for (let k = 0; k < 4; k++) model.add(make(k));
    model.add(inn.gaussianLikelihood());
    const held = (await activationsOf(model, x)) / (4 * x.size);
    x.dispose();
    expect(held).toBeLessThan(most);
    expect(held).toBeGreaterThan(most - 1);
  });
});

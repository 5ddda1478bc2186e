import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { InvertibleError } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';

const optimizers: Record<string, () => tf.Optimizer> = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.1, 0.9),
  adagrad: () => tf.train.adagrad(0.1),
  adadelta: () => tf.train.adadelta(0.1),
  adam: () => tf.train.adam(0.1),
  rmsprop: () => tf.train.rmsprop(0.1, 0.9, 0.9),
};

function made(
  optimizer: tf.Optimizer,
  size = 3,
): inn.OwnLoop & { variables: { w: tf.Variable; b: tf.Variable } } {
  return { optimizer, variables: { w: tf.variable(tf.ones([size, 1])), b: tf.variable(tf.zeros([1])) } };
}

/** Steps from n on, each with data of its own. */
function train(
  { variables: { w, b }, optimizer }: ReturnType<typeof made>,
  from: number,
  to: number,
): number[] {
  for (let n = from; n < to; n++) {
    const loss = () =>
      tf.mean<tf.Scalar>(tf.square(tf.add(tf.matMul(tf.randomNormal([4, 3], 0, 1, 'float32', n + 1), w), b)));
    optimizer.minimize(loss);
  }
  return [...w.dataSync(), ...b.dataSync()];
}

describe.each(['cpu', 'wasm'])('%s', (backend) => {
  beforeAll(() => tf.setBackend(backend));

  test.each(Object.entries(optimizers))('a loop with %s goes on to the last bit', async (_, make) => {
    const loop = made(make());
    train(loop, 0, 3);
    const before = tf.memory().numTensors;
    const packing = inn.packTraining(loop, { step: 3 });
    // As at the call: this comes too late for it.
    const there = train(loop, 3, 6);
    const { progress, restore } = inn.unpackTraining(await packing);
    expect(tf.memory().numTensors).toBe(before);
    expect(progress).toEqual({ step: 3 });
    const again = made(make());
    await restore(again);
    expect(train(again, 3, 6)).toEqual(there);
  });
});

describe('what does not fit is refused, and nothing is changed', () => {
  const wrong: Record<string, () => inn.OwnLoop> = {
    'another optimizer': () => made(tf.train.sgd(0.1)),
    'another shape': () => made(tf.train.adam(0.1), 4),
    'a variable too few': () => {
      const { variables, optimizer } = made(tf.train.adam(0.1));
      return { variables: { w: variables.w }, optimizer };
    },
    'a variable too many': () => {
      const { variables, optimizer } = made(tf.train.adam(0.1));
      return { variables: { ...variables, c: tf.variable(tf.zeros([1])) }, optimizer };
    },
  };
  test.each(Object.entries(wrong))('%s', async (_, make) => {
    const loop = made(tf.train.adam(0.1));
    train(loop, 0, 2);
    const bytes = await inn.packTraining(loop);
    const other = make();
    const values = () => Object.values(other.variables).map((v) => Array.from(v.dataSync()));
    const [was, before] = [values(), tf.memory().numTensors];
    await expect(inn.unpackTraining(bytes).restore(other)).rejects.toThrow(InvertibleError);
    expect(values()).toEqual(was);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('weights without a training', async () => {
    const bytes = await inn.toSafetensors({ w: tf.ones([1]) });
    expect(() => inn.unpackTraining(bytes)).toThrow(/expected what packTraining wrote/);
  });

  test('a changed byte', async () => {
    const bytes = await inn.packTraining(made(tf.train.adam(0.1)));
    bytes[bytes.length - 1]! ^= 1;
    expect(() => inn.unpackTraining(bytes)).toThrow(/changed/);
  });
});

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as core from '@invertible/core';
import * as law from '@invertible/core/testing';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { reload } from './helpers';

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);

/** Tanh between two convolutions, or of x and the condition, concatenated. */
const net: inn.ModelFactory = (shape, out, condition) => {
  const seeded = (seed: number) => tfl.initializers.glorotUniform({ seed });
  const x = tfl.input({ shape });
  const c = condition && tfl.input({ shape: condition });
  const dense = (units: number, seed: number, activation?: 'tanh') =>
    tfl.layers.dense({ units, kernelInitializer: seeded(seed), ...(activation && { activation }) });
  const first = c ? tfl.layers.concatenate().apply([x, c]) : x;
  const hidden = dense(6, 1, 'tanh').apply(first);
  const outputs = dense(out, 2).apply(hidden) as tfl.SymbolicTensor;
  return tfl.model({ inputs: c ? [x, c] : x, outputs });
};

const values = (t: unknown) => Array.from((t as tf.Tensor).dataSync());

describe.each(['cpu', 'wasm'])('%s', (backend) => {
  beforeAll(async () => {
    core.registerKernels();
    await tf.setBackend(backend);
  });

  test.each([
    ['', undefined],
    [', given a condition', [3, 2]],
  ])('any model is a conditioner: gradients and inverse%s', (_, condition) => {
    const layer = inn.affineCoupling({ conditioner: net });
    const at = law.sample(layer.bijection, [3, 4], condition ? { condition } : {});
    expect(law.inversion(at).x).toBeLessThan(1e-5);
    const before = tf.memory().numTensors;
    expect(law.gradientError(at)).toBeLessThan(1e-5);
    expect(tf.memory().numTensors).toBe(before);
    const [reversed, at2] = [law.reversed(at), tf.memory().numTensors];
    expect(law.gradientError(reversed)).toBeLessThan(1e-5);
    expect(tf.memory().numTensors).toBe(at2);
  });

  test('a model with such conditioners trains, leaks nothing and survives saving', async () => {
    const model = tfl.sequential();
    model.add(inn.affineCoupling({ inputShape: [4], conditioner: net }));
    model.add(inn.additiveCoupling({ conditioner: net, flip: true }));
    model.add(inn.gaussianLikelihood());
    model.compile({ optimizer: 'adam', loss: inn.nll });
    const [x, none] = [normal([8, 4], 1), tf.zeros([8, 1])];
    await model.trainOnBatch(x, none);
    const before = tf.memory().numTensors;
    const start = values(model.evaluate(x, none))[0]!;
    for (let k = 0; k < 20; k++) await model.trainOnBatch(x, none);
    expect(values(model.evaluate(x, none))[0]!).toBeLessThan(start);
    // evaluate() hands out one scalar each time.
    expect(tf.memory().numTensors - before).toBe(2);
    const loaded = await reload(model);
    expect(values(loaded.predict(x))).toEqual(values(model.predict(x)));
  });

  test('a condition reaches a coupling in a functional model, and its own layers get gradients', async () => {
    const x = tfl.input({ shape: [4, 4, 2] });
    const given = tfl.input({ shape: [3] });
    const summary = tfl.layers.dense({ units: 2, name: `summary_${backend}` });
    const c = summary.apply(given) as tfl.SymbolicTensor;
    const h = inn.affineCoupling({ hidden: 4 }).apply([x, c]);
    const z = inn.affineCoupling({ hidden: 4, flip: true }).apply([h as tfl.SymbolicTensor, c]);
    const nll = inn.gaussianLikelihood().apply(z) as tfl.SymbolicTensor;
    const model = tfl.model({ inputs: [x, given], outputs: nll });
    model.compile({ optimizer: tf.train.adam(0.01), loss: inn.nll });
    const data = [normal([6, 4, 4, 2], 1), normal([6, 3], 2)];
    const start = values(summary.getWeights()[0]);
    const { history } = await model.fit(data, tf.zeros([6, 1]), { epochs: 10, verbose: 0 });
    expect(values(summary.getWeights()[0])).not.toEqual(start);
    expect(history.loss!.at(-1)!).toBeLessThan(history.loss![0] as number);
    expect(inn.describeMemory(model).map((e) => e.released)).toEqual([false, true]);
    const loaded = await reload(model);
    expect(values(loaded.predict(data))).toEqual(values(model.predict(data)));
  });
});

test('a missing condition, and one of another size, are errors that say so', () => {
  const b = core.affineCoupling({ hidden: 4 });
  const x = normal([2, 4, 4, 2], 1);
  const w = core.createWeights(b, x.shape, { condition: [2, 3] });
  expect(() => b.forward(x, w)).toThrow(/expected a condition of 3 channels, got none/);
  expect(() => b.forward(x, w, normal([2, 5], 2))).toThrow(/3 channels, got one of shape \[2, 5\]/);
  expect(() => b.forward(x, w, normal([2, 2, 2, 3], 2))).toThrow(/\[2, 4, 4, \?\]/);
});

test('layers that are different the second time are refused in a conditioner', () => {
  const bad: inn.ModelFactory = (shape, out) =>
    tfl.sequential({
      layers: [
        tfl.layers.dense({ units: 4, inputShape: shape }),
        tfl.layers.dropout({ rate: 0.5, name: 'lottery' }),
        tfl.layers.dense({ units: out }),
      ],
    });
  expect(() => tfl.sequential().add(inn.affineCoupling({ inputShape: [4], conditioner: bad }))).toThrow(
    /lottery/,
  );
});

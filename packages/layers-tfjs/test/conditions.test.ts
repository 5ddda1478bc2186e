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
  ])('any model is a conditioner: gradients and inverse%s', async (_, condition) => {
    const layer = inn.affineCoupling({ conditioner: net });
    const at = law.sample(layer.bijection, [3, 4], condition ? { condition } : {});
    expect(await law.broken('inverse', at)).toEqual([]);
    expect(await law.broken('gradient', at)).toEqual([]);
    expect(await law.broken('gradient', law.reversed(at))).toEqual([]);
  });

  test('flowForward and flowInverse give the condition to the layers that were applied to it', async () => {
    const [x, c] = [tfl.input({ shape: [4] }), tfl.input({ shape: [2] })];
    const layers = [
      inn.affineCoupling({ hidden: 4 }),
      inn.actNorm(),
      inn.affineCoupling({ hidden: 4 }),
    ] as const;
    let z = layers[0].apply([x, c]);
    z = layers[1].apply(z);
    z = layers[2].apply([z as tfl.SymbolicTensor, c]);
    const model = tfl.model({ inputs: [x, c], outputs: z as tfl.SymbolicTensor });
    model.setWeights(model.getWeights().map((w, i) => tf.mul(0.3, normal(w.shape, i))));
    const [points, condition] = [normal([5, 4], 1), normal([5, 2], 2)];
    const there = inn.flowForward(model, points, { condition });
    const expected = model.predict([points, condition]) as tf.Tensor;
    expect(await law.relativeError(there.z, expected)).toBeLessThan(1e-6);
    const back = inn.flowInverse(model, there.z, { condition });
    expect(await law.relativeError(back.x, points)).toBeLessThan(1e-5);
    expect(() => inn.flowForward(model, points)).toThrow(/W1 of float32 \[4, 4\]|W1/);
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
  expect(() => b.forward(x, w)).toThrow(/W1 of float32 \[3, 3, 1, 4\], got/);
  expect(() => b.forward(x, w, normal([2, 5], 2))).toThrow(/W1 of float32 \[3, 3, 6, 4\], got/);
  expect(() => b.forward(x, w, normal([2, 2, 2, 3], 2))).toThrow(/\[\?, 4, 4, \?\]/);
});

/** Batch normalisation and dropout between two dense layers. */
const noisy: inn.ModelFactory = (shape, out) => {
  const kernelInitializer = tfl.initializers.glorotUniform({ seed: 3 });
  return tfl.sequential({
    layers: [
      tfl.layers.dense({ units: 8, kernelInitializer, inputShape: shape }),
      tfl.layers.batchNormalization({ momentum: 0.5 }),
      tfl.layers.dropout({ rate: 0.5 }),
      tfl.layers.dense({
        units: out,
        kernelInitializer: tfl.initializers.randomNormal({ stddev: 0.1, seed: 4 }),
      }),
    ],
  });
};

describe('batch normalisation and dropout inside a coupling', () => {
  const stack = (gradient: 'reversible' | 'stored') => {
    const model = tfl.sequential();
    for (let k = 0; k < 3; k++) {
      const first = k === 0 ? { inputShape: [4] } : {};
      model.add(inn.hintCoupling({ conditioner: noisy, leaf: 1, seed: k, gradient, ...first }));
    }
    model.add(inn.gaussianLikelihood());
    model.compile({ optimizer: tf.train.sgd(0.01), loss: inn.nll });
    return model;
  };
  let [x, none]: tf.Tensor[] = [];
  const weights = (model: tfl.LayersModel) => model.getWeights().map((w) => Array.from(w.dataSync()));
  const far = (a: number[][], b: number[][]) =>
    Math.max(...a.flatMap((row, i) => row.map((v, j) => Math.abs(v - b[i]![j]!))));

  beforeAll(async () => {
    await tf.setBackend('wasm');
    [x, none] = [normal([16, 4], 1), tf.zeros([16, 1])];
  });

  test('steps equal those of stored activations: masks are drawn again, running statistics move once', async () => {
    const [own, stock] = [stack('reversible'), stack('stored')];
    const start = weights(own);
    expect(far(start, weights(stock))).toBe(0);
    for (let k = 0; k < 3; k++) {
      for (const model of [own, stock]) await model.trainOnBatch(x!, none!);
      expect(far(weights(own), weights(stock))).toBeLessThan(1e-5);
    }
    expect(far(weights(own), start)).toBeGreaterThan(0.01);
  });

  test('masks differ from step to step, and are gone at inference', async () => {
    const layer = inn.additiveCoupling({ conditioner: noisy, inputShape: [4] });
    const model = tfl.sequential({ layers: [layer] });
    const apply = (training: boolean) => values(model.apply(x!, { training }));
    expect(apply(true)).not.toEqual(apply(true));
    expect(apply(false)).toEqual(apply(false));
  });

  test('saved and loaded, training goes on with the next masks', async () => {
    const model = stack('reversible');
    await model.trainOnBatch(x!, none!);
    const loaded = (await reload(model)) as tfl.Sequential;
    loaded.compile({ optimizer: tf.train.sgd(0.01), loss: inn.nll });
    for (const m of [model, loaded]) await m.trainOnBatch(x!, none!);
    expect(weights(loaded)).toEqual(weights(model));
  });
});

test('layers that draw numbers without a seed are refused in a conditioner', () => {
  const bad: inn.ModelFactory = (shape, out) =>
    tfl.sequential({
      layers: [
        tfl.layers.dense({ units: 4, inputShape: shape }),
        tfl.layers.gaussianNoise({ stddev: 0.5, name: 'lottery' }),
        tfl.layers.dense({ units: out }),
      ],
    });
  expect(() => tfl.sequential().add(inn.affineCoupling({ inputShape: [4], conditioner: bad }))).toThrow(
    /lottery/,
  );
});

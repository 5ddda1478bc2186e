import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as core from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
const values = (t: tf.Tensor) => Array.from(t.dataSync());

const dense =
  (options: object = {}): inn.ModelFactory =>
  (shape, out) =>
    tfl.sequential({
      layers: [
        tfl.layers.dense({ units: 4, activation: 'relu', inputShape: shape }),
        tfl.layers.dense({ units: out, ...options }),
      ],
    });

/** Flows of every source of weights. */
const flows: Record<string, () => inn.Flow> = {
  'a network': () => inn.realNvp({ shape: [4], layers: 2, hidden: 4 }),
  'a base with weights': () =>
    inn.realNvp({ shape: [4], layers: 1, hidden: 4, base: { kind: 'mixtureOfNormals', components: 2 } }),
  'models inside couplings': () =>
    inn.flow({ bijection: inn.affineCoupling({ conditioner: dense() }), shape: [4] }),
  'models inside couplings of one network': () =>
    inn.realNvp({ shape: [4], layers: 3, conditioner: dense() as never }),
  'models inside a split': () =>
    inn.flow({
      bijection: inn.split({ layers: [inn.affineCoupling({ conditioner: dense() })] }),
      shape: [4],
    }),
};

beforeAll(async () => {
  core.registerKernels();
  await tf.setBackend('wasm');
});

describe.each(Object.entries(flows))('%s', (_, make) => {
  test.each(['its default optimizer', 'an optimizer by name'])(
    'dispose frees all, with %s',
    async (which) => {
      const x = normal([16, 4], 1);
      const before = tf.memory();
      const flow = make();
      if (which !== 'its default optimizer') flow.compile({ optimizer: 'adam' });
      await flow.fit(x, { verbose: 0 });
      tf.dispose([flow.logProb(x), flow.sample(3, { seed: 1 })]);
      await flow.evaluate(x);
      flow.dispose();
      expect(tf.memory().numTensors).toBe(before.numTensors);
      expect(tf.memory().numBytes).toBe(before.numBytes);
    },
  );

  test('no weight exists twice', () => {
    const before = tf.memory().numTensors;
    const flow = make();
    expect(tf.memory().numTensors - before).toBe(flow.model.weights.length);
    flow.dispose();
  });
});

test('an optimizer that was given is left alone', async () => {
  const flow = flows['a network']!();
  const optimizer = tf.train.momentum(1e-3, 0.9);
  flow.compile({ optimizer });
  await flow.fit(normal([8, 4], 1), { verbose: 0 });
  flow.dispose();
  expect((await optimizer.getWeights()).slice(1).every(({ tensor }) => !tensor.isDisposed)).toBe(true);
  optimizer.dispose();
});

test('a conditioner whose model is bare still applies, takes other shapes, and makes weights anew', () => {
  const layer = inn.additiveCoupling({ conditioner: dense(), inputShape: [4] });
  layer.build([null, 4]);
  const before = tf.memory().numTensors;
  const w = core.createWeights(layer.bijection, [1, 4]);
  expect(Object.values(w).flatMap(values).every(Number.isFinite)).toBe(true);
  expect(Object.values(w).map(({ shape }) => shape)).toEqual(layer.getWeights().map(({ shape }) => shape));
  tf.dispose(w);
  expect(tf.memory().numTensors).toBe(before);
});

test.each([[{ kernelRegularizer: 'l1l2' }], [{ biasRegularizer: 'l1l2' }]])(
  'a regularizer inside a conditioner is refused: %j',
  (options) => {
    const before = tf.memory().numTensors;
    const make = () =>
      inn.flow({ bijection: inn.affineCoupling({ conditioner: dense(options) }), shape: [4] });
    expect(make).toThrow(
      /layers without regularizers, since no loss would count them, got "dense_Dense\d+" \(Dense\) with one/,
    );
    expect(tf.memory().numTensors).toBe(before);
  },
);

test('a layer that is applied by hand leaves its output alone, outside of tidy and inside', () => {
  const layer = inn.affineCoupling({ hidden: 4, inputShape: [4] });
  const head = inn.gaussianLikelihood();
  const x = normal([3, 4], 1);
  tf.dispose(layer.apply(x) as tf.Tensor);
  tf.tidy(() => head.apply(layer.apply(x)) as tf.Tensor);
  const before = tf.memory().numTensors;
  for (let k = 0; k < 3; k++) {
    const y = layer.apply(x) as tf.Tensor;
    y.dispose();
    tf.dispose(tf.tidy(() => layer.apply(x) as tf.Tensor));
    tf.dispose(layer.apply(x, { training: true }) as tf.Tensor);
    const first = layer.apply(x) as tf.Tensor;
    tf.dispose([head.apply(first) as tf.Tensor, first]);
  }
  expect(tf.memory().numTensors).toBe(before);
});

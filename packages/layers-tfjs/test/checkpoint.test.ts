import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { registerKernels } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type Case, inputsOf, modelOf, runs } from './checkpoint-models';
import { drawAlike } from './helpers';

const values = (t: tf.Tensor) => Array.from(t.dataSync());
const single = (xs: tf.Tensor[]) => (xs.length === 1 ? xs[0]! : xs);

/** Gradients of all weights in their order, after which running statistics are looked at. */
function step(model: tfl.LayersModel, xs: tf.Tensor[]) {
  return drawAlike(() =>
    tf.tidy(() => {
      const loss = () =>
        tf.mean(tf.square(model.apply(single(xs), { training: true }) as tf.Tensor)) as tf.Scalar;
      const { value, grads } = tf.variableGrads(
        loss,
        model.trainableWeights.map((w) => w.read() as tf.Variable),
      );
      return {
        loss: values(value),
        gradients: model.trainableWeights.map((w) => values(grads[(w.read() as tf.Variable).name]!)),
        running: model.nonTrainableWeights.map((w) => values(w.read())),
      };
    }),
  );
}

const largest = (a: number[][], b: number[][]) => {
  const [x, y] = [a.flat(), b.flat()];
  expect(x.length).toBe(y.length);
  const scale = Math.max(...x.map(Math.abs));
  return Math.max(...x.map((v, i) => Math.abs(v - y[i]!))) / scale;
};

describe.each([
  ['cpu', 0],
  ['wasm', 1e-6],
])('%s', (backend, bound) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
    registerKernels();
  });

  test.each(Object.entries(runs))(
    '%s: gradients and running statistics are those without a checkpoint',
    (_, run) => {
      const [stock, checkpointed] = [modelOf(run, false), modelOf(run, true)];
      const xs = inputsOf(run);
      for (let k = 0; k < 2; k++) {
        const [a, b] = [step(stock, xs), step(checkpointed, xs)];
        expect(largest([a.loss], [b.loss])).toBeLessThanOrEqual(bound);
        expect(largest(a.gradients, b.gradients)).toBeLessThanOrEqual(bound);
        if (a.running.length) expect(largest(a.running, b.running)).toBeLessThanOrEqual(bound);
      }
      const before = tf.memory().numTensors;
      step(checkpointed, xs);
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});

describe('cpu', () => {
  beforeAll(() => tf.setBackend('cpu'));

  test.each(Object.entries(runs))('%s: saved and loaded it is the same', async (_, run: Case) => {
    const model = modelOf(run, true);
    const xs = inputsOf(run);
    let saved: tf.io.ModelArtifacts = {};
    const save = async (artifacts: tf.io.ModelArtifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' as const } };
    };
    await model.save({ save });
    const loaded = await inn.loadModel({ load: async () => saved });
    const at = (m: tfl.LayersModel) => values(m.predict(single(xs)) as tf.Tensor);
    expect(at(loaded)).toEqual(at(model));
    expect(loaded.countParams()).toBe(model.countParams());
    const [a, b] = [step(model, xs), step(loaded, xs)];
    expect(b).toEqual(a);
  });

  test('frozen, it is not trained, and hands on the gradient of its input', async () => {
    const model = modelOf(runs['batch normalisation']!, true);
    const inside = model.layers.find((l) => l instanceof inn.InvertibleCheckpoint)!;
    inside.trainable = false;
    expect(inside.trainableWeights).toHaveLength(0);
    expect(inside.nonTrainableWeights).toHaveLength(8);
    const kernel = () => values(inside.weights[0]!.read());
    const first = () => values(model.layers[1]!.weights[0]!.read());
    const [was, before] = [kernel(), first()];
    model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
    await model.fit(single(inputsOf(runs['batch normalisation']!)), tf.ones([3, 1]), { verbose: 0 });
    expect(kernel()).toEqual(was);
    expect(first()).not.toEqual(before);
  });

  test('fit and evaluate, regularizers counted, are those without a checkpoint', async () => {
    const kernelRegularizer = tfl.regularizers.l2({ l2: 0.1 });
    const run: Case = {
      input: [[4]],
      layers: (k) => [
        tfl.layers.dense({ units: 4, kernelRegularizer, ...k() }),
        tfl.layers.dropout({ rate: 0.5, seed: 3 }),
      ],
    };
    const fit = async (checkpointed: boolean) => {
      const model = modelOf(run, checkpointed);
      model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
      const { history } = await model.fit(single(inputsOf(run, 8)), tf.ones([8, 1]), {
        epochs: 3,
        batchSize: 4,
        shuffle: false,
        validationSplit: 0.25,
        verbose: 0,
      });
      return history;
    };
    expect(await fit(true)).toEqual(await fit(false));
  });

  test('dispose frees what it made', () => {
    const before = tf.memory().numTensors;
    const model = modelOf(runs['batch normalisation']!, true);
    expect(tf.memory().numTensors).toBeGreaterThan(before);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a stateful network is refused', () => {
    const rnn = tfl.layers.simpleRNN({ units: 2, stateful: true });
    expect(() => inn.checkpoint({ layers: [rnn] })).toThrow(/without a state/);
  });

  test('neither layers nor a model, or both, are refused', () => {
    expect(() => inn.checkpoint()).toThrow(/neither/);
    const model = tfl.sequential({ layers: [tfl.layers.dense({ units: 1, inputShape: [1] })] });
    expect(() => inn.checkpoint({ model, layers: [tfl.layers.reLU()] })).toThrow(/both/);
  });
});

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { registerKernels } from '@invertible/core';
import { activationBytes } from '@invertible/core/testing';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { inputsOf, modelOf, runs } from './checkpoint-models';
import { drawAlike, reload } from './helpers';
import { stockModels } from './stock-models';

const values = (t: tf.Tensor) => Array.from(t.dataSync());
const single = (xs: tf.Tensor[]) => (xs.length === 1 ? xs[0]! : xs);
const batchFor = (model: tfl.LayersModel, batch = 3) =>
  model.inputs.map(({ shape }, i) =>
    tf.randomNormal([batch, ...(shape.slice(1) as number[])], 0, 1, 'float32', i + 1),
  );

const gradientsOf = (model: tfl.LayersModel, xs: tf.Tensor[]) => () => {
  const loss = () =>
    tf.addN(
      [model.apply(single(xs), { training: true }) as tf.Tensor | tf.Tensor[]].flat().map((y) => tf.mean(y)),
    ) as tf.Scalar;
  const { value, grads } = tf.variableGrads(
    loss,
    model.trainableWeights.map((w) => w.read() as tf.Variable),
  );
  value.dispose();
  return model.trainableWeights.map((w) => grads[(w.read() as tf.Variable).name]!);
};

/** To the byte, but for running statistics, which a plan does not move. */
function expectPeak(model: tfl.LayersModel, planned: number, measured: number): void {
  const moving = model.nonTrainableWeights.reduce((sum, w) => sum + 4 * w.read().size, 0);
  expect(Math.abs(planned - measured)).toBeLessThanOrEqual(moving);
}

describe.each([
  ['cpu', 0],
  ['wasm', 1e-6],
])('%s', (backend, bound) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
    registerKernels();
  });

  describe.each(Object.entries(stockModels))('%s', (name, make) => {
    test.each(backend === 'cpu' ? [undefined, 2] : [undefined])(
      'gradients are those of the model, cut into %s runs',
      (segments) => {
        const model = make();
        const xs = batchFor(model);
        // Three parts of a cotangent with a cut between them are summed in another order.
        const rounding = /shared|two outputs/.test(name) ? 2 ** -22 : 0;
        // What waits for a batch has seen one.
        tf.dispose(gradientsOf(model, xs)());
        const cut = inn.checkpointed(model, segments === undefined ? {} : { segments });
        expect(cut.segments.some(({ recomputed }) => recomputed)).toBe(true);
        const state = model.nonTrainableWeights.map((w) => tf.clone(w.read()));
        const [wanted, moved] = [
          drawAlike(gradientsOf(model, xs)),
          model.nonTrainableWeights.map((w) => values(w.read())),
        ];
        for (const [i, w] of model.nonTrainableWeights.entries()) w.write(state[i]!);
        const before = tf.memory().numTensors;
        const got = drawAlike(gradientsOf(cut, xs));
        expect(got.length).toBe(wanted.length);
        for (const [i, g] of got.entries()) {
          const [a, b] = [values(g), values(wanted[i]!)];
          const scale = Math.max(...b.map(Math.abs), 1e-30);
          expect(Math.max(...a.map((v, k) => Math.abs(v - b[k]!))) / scale).toBeLessThanOrEqual(
            bound || rounding,
          );
        }
        expect(model.nonTrainableWeights.map((w) => values(w.read()))).toEqual(moved);
        tf.dispose(got);
        expect(tf.memory().numTensors).toBe(before);
      },
    );

    test('the plan tells the peak of a step to the byte, for several batches', async () => {
      const model = make();
      for (const m of [model, inn.checkpointed(model)]) {
        for (const batch of backend === 'cpu' ? [2, 5] : [4]) {
          const step = gradientsOf(m, batchFor(model, batch));
          tf.dispose(step());
          const { activations, gradients } = await activationBytes(step);
          expectPeak(m, inn.memoryPlan(m, { batch }).peakBytes, activations + gradients);
        }
      }
    });
  });

  test.each(Object.entries(runs))('the plan tells the peak of %s in a checkpoint', async (_, run) => {
    const model = modelOf(run, true);
    const step = gradientsOf(model, inputsOf(run, 4));
    tf.dispose(step());
    const { activations, gradients } = await activationBytes(step);
    expectPeak(model, inn.memoryPlan(model, { batch: 4 }).peakBytes, activations + gradients);
  });
});

describe('cpu', () => {
  beforeAll(() => tf.setBackend('cpu'));
  const make = stockModels['MobileNetV2-shaped']!;

  test('the plan leaves weights, statistics and tensors alone', () => {
    const model = stockModels['invertible layers between ordinary ones']!();
    const weights = () => model.weights.map((w) => values(w.read()));
    const [was, before] = [weights(), tf.memory()];
    inn.memoryPlan(model, { batch: 64 });
    inn.checkpointed(model, { segments: 3 });
    expect(weights()).toEqual(was);
    expect(tf.memory()).toEqual(before);
    expect(tf.getBackend()).toBe('cpu');
  });

  test('a budget is kept, with no more work than it takes; one that is too small is refused', () => {
    const model = make();
    const whole = inn.memoryPlan(model, { batch: 4 });
    const least = inn.memoryPlan(inn.checkpointed(model, { batch: 4 }), { batch: 4 });
    expect(least.peakBytes).toBeLessThan(0.6 * whole.peakBytes);
    const works = [1, 0.8, 0.6].map((part) => {
      const budget = part * whole.peakBytes;
      const plan = inn.memoryPlan(inn.checkpointed(model, { budget, batch: 4 }), { batch: 4 });
      expect(plan.peakBytes).toBeLessThanOrEqual(budget);
      return plan.work;
    });
    expect(works[0]).toBe(whole.work);
    expect(works[1]).toBeGreaterThan(whole.work);
    expect(works[2]).toBeGreaterThanOrEqual(works[1]!);
    expect(works[1]! - whole.work).toBeLessThan(least.work - whole.work);
    expect(() => inn.checkpointed(model, { budget: 1000, batch: 4 })).toThrow(
      /a budget of at least \d+ bytes/,
    );
  });

  test('fit, evaluate and regularizers are those of the model; saving saves the model', async () => {
    const fit = async (cut: boolean) => {
      const k = tfl.initializers.glorotNormal({ seed: 1 });
      const dense = (units: number) =>
        tfl.layers.dense({
          units,
          activation: 'tanh',
          kernelInitializer: k,
          kernelRegularizer: 'l1l2',
          inputShape: [6],
        });
      const model = tfl.sequential({
        layers: [dense(6), dense(6), tfl.layers.batchNormalization(), dense(6), dense(1)],
      });
      model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError', metrics: ['mse'] });
      const trained = cut ? inn.checkpointed(model, { segments: 2 }) : model;
      const [x] = batchFor(model, 8);
      const { history } = await trained.fit(x!, tf.ones([8, 1]), {
        epochs: 3,
        batchSize: 4,
        shuffle: false,
        validationSplit: 0.25,
        verbose: 0,
      });
      const loaded = await reload(trained);
      expect(loaded.getClassName()).toBe('Sequential');
      expect(values(loaded.predict(x!) as tf.Tensor)).toEqual(values(model.predict(x!) as tf.Tensor));
      return history;
    };
    expect(await fit(true)).toEqual(await fit(false));
  });

  test('the plan prints what each layer does', () => {
    const model = stockModels['invertible layers between ordinary ones']!();
    const text = String(inn.memoryPlan(inn.checkpointed(model), { batch: 8 }));
    expect(text).toMatch(/\(InvertibleAffineCoupling\) +rebuilt/);
    expect(text).toMatch(/\(Conv2D\) +recomputed/);
    expect(text).toMatch(/A step on 8: [\d.]+ MB beyond weights and batch/);
  });

  test('masks and unknown sizes are refused', () => {
    const masked = tfl.sequential({
      layers: [tfl.layers.masking({ inputShape: [4, 2] }), tfl.layers.flatten()],
    });
    expect(() => inn.checkpointed(masked)).toThrow(/layers without masks/);
    const open = tfl.sequential({ layers: [tfl.layers.dense({ units: 2, inputShape: [null, 3] })] });
    expect(() => inn.memoryPlan(open)).toThrow(/a model with known sizes/);
  });
});

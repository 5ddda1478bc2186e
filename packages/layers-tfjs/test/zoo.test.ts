import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { registerKernels } from '@invertible/core';
import { activationBytes, relativeError } from '@invertible/core/testing';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { reload } from './helpers';
import { build, type Entry, zoo } from './zoo';

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
/** x, and a condition if there is one. */
const inputs = ({ shape = [4, 4, 8], condition }: Entry, batch = 4): tf.Tensor[] => [
  normal([batch, ...shape], 1),
  ...(condition ? [normal([batch, ...condition], 2)] : []),
];
const values = (t: unknown) => Array.from((t as tf.Tensor).dataSync());

beforeAll(async () => {
  registerKernels();
  await tf.setBackend('wasm');
});

test('every factory of the package is in the zoo', () => {
  const factories = Object.entries(inn).flatMap(([name, f]) => ('metadata' in (f as object) ? [name] : []));
  const made = new Set(Object.keys(zoo).map((name) => name.split(',')[0]));
  expect(factories.filter((name) => !made.has(name))).toEqual([]);
});

const gradientsOf = (model: tfl.LayersModel, at: tf.Tensor[]) => () => {
  const { value, grads } = tf.variableGrads(
    () => tf.mean(model.apply(at.length > 1 ? at : at[0]!, { training: true }) as tf.Tensor) as tf.Scalar,
  );
  value.dispose();
  return Object.values(grads);
};

/** The head of an entry: where no likelihood may follow, the mean of the outputs is the loss. */
const headOf = ({ scored = true }: Entry) => ({ head: scored ? inn.gaussianLikelihood() : undefined });

/** With a scale for each number after it, so that there are weights, and no symmetry hides a wrong gradient. */
const scaled = (entry: Entry): Entry => ({
  ...entry,
  make: (shared, shape) => [...entry.make(shared, shape), inn.pixelAffine(shared)],
});

describe.each(Object.entries(zoo))('%s', (_, entry) => {
  test('config and outputs come back from a saved model', async () => {
    const model = build(entry, 1);
    const at = inputs(entry);
    const given = at.length > 1 ? at : at[0]!;
    // What the first batch decides is decided.
    tf.tidy(() => void model.apply(given, { training: true }));
    const loaded = await reload(model);
    expect(loaded.layers.map((l) => l.getConfig())).toEqual(model.layers.map((l) => l.getConfig()));
    expect(values(loaded.predict(given))).toEqual(values(model.predict(given)));
    expect(values(model.predict(given)).every(Number.isFinite)).toBe(true);
  });

  test('a training step equals that of stored activations', async () => {
    const at = inputs(entry);
    const [own, again, stock] = (['reversible', 'recomputed', 'stored'] as const).map((gradient) =>
      build(scaled(entry), 2, { gradient, ...headOf(entry) }),
    ) as [tfl.LayersModel, tfl.LayersModel, tfl.LayersModel];
    // The first pass sets up what waits for a batch.
    for (const model of [own, again, stock]) tf.dispose(gradientsOf(model, at)());
    const shaken = own
      .getWeights()
      .map((w, i) => tf.add(w, tf.mul(positive(own, i) ? tf.ones(w.shape) : normal(w.shape, 10 + i), 0.1)));
    for (const model of [own, again, stock]) model.setWeights(shaken);
    const wanted = gradientsOf(stock, at)();
    for (const model of [own, again]) {
      const got = gradientsOf(model, at)();
      expect(got.length).toBe(wanted.length);
      for (const [i, g] of got.entries())
        expect(await relativeError(g, wanted[i]!)).toBeLessThan(entry.bar ?? 1e-5);
    }
  });

  test('applied by hand, outside any tidy, it leaves nothing behind but its output', () => {
    const [x, ...condition] = inputs(entry);
    const layers = entry.make({ seed: 1 }, entry.shape ?? [4, 4, 8]);
    const pass = (training: boolean) => {
      const seen = [x!];
      for (const layer of layers) {
        const at = [seen.at(-1)!, ...condition];
        seen.push(layer.apply(condition.length > 0 ? at : at[0]!, { training }) as tf.Tensor);
      }
      tf.dispose(seen.slice(1));
    };
    pass(true);
    const before = tf.memory().numTensors;
    for (const training of [true, false]) pass(training);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('peak activation memory at depth 64 is that at depth 4', async () => {
    const wide = { ...scaled(entry), ...larger(entry) };
    const at = inputs(wide, 8);
    const peak = async (depth: number) => {
      const model = build(wide, depth, headOf(entry));
      const step = gradientsOf(model, at);
      tf.dispose(step());
      const { activations } = await activationBytes(step);
      tf.dispose(model.weights.map((w) => w.read()));
      return activations;
    };
    const [shallow, deep] = [await peak(4), await peak(64)];
    expect(shallow).toBeGreaterThan(0);
    expect(deep / shallow).toBeLessThan(1.05);
  });
});

/** Twice as many pixels along each axis: what a channel has for itself weighs less. */
const larger = ({ shape = [4, 4, 8], condition }: Entry) => {
  const grown = (s: number[]) => s.map((n, i) => (i < s.length - 1 ? 2 * n : n));
  return { shape: grown(shape), ...(condition && { condition: grown(condition) }) };
};

const positive = (model: tfl.LayersModel, i: number) => model.weights[i]!.originalName.endsWith('variance');

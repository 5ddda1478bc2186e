import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as core from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
const values = (t: tf.Tensor) => Array.from(t.dataSync());
const read = (flow: inn.Flow) => flow.model.getWeights().map(values);
const weight = (flow: inn.Flow, name: string) => flow.weights()[`flow/${name}`] as tf.Variable;

const network = () => inn.realNvp({ shape: [4], layers: 3, hidden: 4, seed: 1 });
/** Gives a weight another value before a step. */
const spoil = (flow: inn.Flow, name: string, value: number, at: number) => ({
  onBatchBegin: async (step: number) => {
    const w = weight(flow, name);
    if (step === at) tf.tidy(() => w.assign(tf.fill(w.shape, value)));
  },
});
const args = { batchSize: 8, shuffle: false, verbose: 0 };
const x = () => normal([64, 4], 1);

beforeAll(async () => {
  core.registerKernels();
  await tf.setBackend('wasm');
});

test('a loss that is not finite ends the fit, names the member, and brings the good weights back; nothing stays', async () => {
  const flow = network();
  await flow.fit(x(), args);
  const good = read(flow);
  const data = x();
  const before = tf.memory().numTensors;
  const fit = flow.fit(data, { ...args, callbacks: spoil(flow, '1/norm/bias', Number.NaN, 0) });
  await expect(fit).rejects.toThrow(
    /layer ".*", member 1\/norm\/actNorm: expected a finite loss, got NaN in step 0/,
  );
  expect(tf.memory().numTensors).toBe(before);
  // The weight was spoiled before the first step, so what comes back is of that step: all others are untouched.
  expect(read(flow).flat().filter(Number.isNaN)).toHaveLength(4);
  weight(flow, '1/norm/bias').assign(tf.tensor1d(good[1] ?? []));
});

test('a loss that is not finite later on goes back to the start of the run', async () => {
  const flow = network();
  flow.compile({ optimizer: tf.train.adam(1e-3) });
  await flow.fit(x(), args);
  const good = read(flow);
  const data = x();
  const before = tf.memory().numTensors;
  const fit = flow.fit(data, {
    ...args,
    callbacks: spoil(flow, '2/coupling/b3', Number.POSITIVE_INFINITY, 3),
  });
  await expect(fit).rejects.toThrow(/member 2\/coupling.*: expected a finite loss.* in step 3/);
  expect(read(flow)).toEqual(good);
  expect(tf.memory().numTensors).toBe(before);
  // And it goes on, as nothing had happened.
  await flow.fit(data, args);
  expect(read(flow).flat().every(Number.isFinite)).toBe(true);
});

test('a finite explosion warns in its step, ends the run when it lasts, and goes back', async () => {
  const warnings: string[] = [];
  const flow = network();
  flow.compile({ optimizer: tf.train.sgd(1e-12) });
  await flow.fit(x(), args);
  const good = read(flow);
  const guards = { onWarning: (text: string) => warnings.push(text) };
  const run = () =>
    flow.fit(x(), { ...args, epochs: 4, guards, callbacks: spoil(flow, '1/norm/logScale', 12, 2) });
  await expect(run()).rejects.toThrow(/member 1\/norm\/actNorm: expected a loss near its best/);
  expect(warnings.join()).toMatch(/step 2, layer ".*", member 1\/norm\/actNorm: the loss is/);
  const now = read(flow).flat();
  for (const [i, v] of good.flat().entries()) expect(now[i]).toBeCloseTo(v, 4);
});

test('an ill-conditioned step is mended in that very step, and its warning names the member', async () => {
  const run = async (gradient: 'reversible' | 'stored', guards: inn.Guards | false) => {
    const flow = inn.realNvp({ shape: [4], layers: 3, hidden: 4, seed: 1, gradient });
    flow.compile({ optimizer: tf.train.sgd(1e-6) });
    await flow.fit(x(), args);
    // Two maps that cancel; what the first adds costs x five digits on the way.
    const [small, large] = [-11, 11];
    weight(flow, '1/norm/logScale').assign(tf.fill([4], small));
    weight(flow, '1/norm/bias').assign(tf.fill([4], 1));
    weight(flow, '2/norm/logScale').assign(tf.fill([4], large));
    weight(flow, '2/norm/bias').assign(tf.fill([4], -Math.exp(large)));
    // Of the first ActNorm, which comes last in the backward pass.
    const first = () => read(flow).slice(0, 2).flat();
    const before = first();
    await flow.fit(normal([8, 4], 2), { ...args, guards });
    return first().map((v, i) => v - (before[i] ?? 0));
  };
  const warnings: string[] = [];
  const mended = await run('reversible', { onWarning: (text) => warnings.push(text) });
  const [stored, spoiled] = [await run('stored', false), await run('reversible', false)];
  const size = (a: number[]) => Math.sqrt(a.reduce((s, v) => s + v * v, 0));
  const off = (a: number[]) => size(a.map((v, i) => v - (stored[i] ?? 0))) / size(stored);
  expect(warnings.join()).toMatch(
    /step 0: .*layer ".*", member 1\/norm\/actNorm \(its inverse made an error of/,
  );
  expect(size(stored)).toBeGreaterThan(0);
  expect(off(mended)).toBeLessThan(1e-6);
  expect(off(spoiled)).toBeGreaterThan(1e-4);
});

test('guards change no number of a healthy run, and take no tensor', async () => {
  const run = async (guards: inn.Guards | false) => {
    const flow = network();
    flow.compile({ optimizer: tf.train.adam(1e-3) });
    await flow.fit(x(), { ...args, guards });
    const before = tf.memory().numTensors;
    const data = x();
    await flow.fit(data, { ...args, guards, validationSplit: 0.25, epochs: 15 });
    expect(tf.memory().numTensors).toBe(before + 1);
    return read(flow);
  };
  expect(await run({})).toEqual(await run(false));
});

test('callbacks of both kinds stand beside the guards; each guard can be switched off', async () => {
  const flow = network();
  let epochs = 0;
  const count = { onEpochEnd: async () => void epochs++ };
  await flow.fit(x(), { ...args, epochs: 2, callbacks: count });
  await flow.fit(x(), { ...args, epochs: 2, callbacks: [new tfl.CustomCallback(count, 'auto')] });
  const stop = tfl.callbacks.earlyStopping({ monitor: 'loss' });
  await flow.fit(x(), { ...args, epochs: 1, callbacks: stop });
  expect(epochs).toBe(4);
  const spoiled = spoil(flow, '1/norm/bias', Number.NaN, 2);
  const off = { nan: false, explosion: false, drift: false as const };
  const { history } = await flow.fit(x(), { ...args, guards: off, callbacks: spoiled });
  expect(history.loss).toEqual([Number.NaN]);
});

test('a dataset is watched too', async () => {
  const flow = network();
  await flow.fit(x(), args);
  const batches = Array.from({ length: 4 }, (_, k) => ({ xs: normal([8, 4], k), ys: tf.zeros([8, 1]) }));
  const dataset = {
    size: 4,
    iterator: async () => {
      let k = 0;
      return { next: async () => ({ done: k >= 4, value: batches[k++] }) };
    },
  };
  const fit = flow.fitDataset(dataset as never, {
    epochs: 1,
    verbose: 0,
    callbacks: spoil(flow, '0/norm/bias', Number.NaN, 2),
  });
  await expect(fit).rejects.toThrow(/member 0\/norm\/actNorm: expected a finite loss/);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import { chooseBackend } from '../src/backend';
import { present } from '../src/libraries';
import { memoryOfStep } from '../src/measure';
import { type Batch, heldOutBatches, oneHot, trainingBatches } from '../src/mnist/batches';
import { loadCheckpoint, saveCheckpoint } from '../src/mnist/checkpoint';
import { loadClassifier, read } from '../src/mnist/classifier/network';
import { firstOf, loadDigits, side } from '../src/mnist/data';
import { digitFlow } from '../src/mnist/digit-flow';
import { likelihoods } from '../src/mnist/likelihoods';
import { bitsPerDim, buildFlow } from '../src/mnist/model';
import { minutes, night, settingsOf } from '../src/mnist/settings';

beforeAll(async () => {
  await chooseBackend('wasm');
});

const test100 = () => firstOf(loadDigits('test'), 100);
const small = () => buildFlow({ fine: 1, coarse: 1, hidden: 4, seed: 1 });
async function firstBatch(batch: number): Promise<Batch['xs']> {
  const { value } = await (await heldOutBatches(test100(), { batch, seed: 1 }).iterator()).next();
  return value.xs;
}

test('the flow of digits undoes itself, and its log-determinant is that of black stretched', async () => {
  const [x, c] = await firstBatch(4);
  const flow = digitFlow({ fine: 1, coarse: 1, hidden: 4 });
  const w = core.createWeights(flow, x.shape, { condition: c.shape });
  const { y, logDet } = flow.forward(x, w, c);
  const { x: back, logDet: its } = flow.inverse(y, w, c);
  expect(tf.max(tf.abs(tf.sub(back, x))).dataSync()[0]).toBeLessThan(1e-5);
  const sums = tf.abs(tf.add(logDet, its)).dataSync();
  expect(Math.max(...sums)).toBeLessThan(0.05); // of thousands of nats
  // A fresh flow moves only by the stretched logit: fractions of black 0.93·256·x, strokes in the rest.
  const wanted = Array.from(await x.data())
    .slice(0, 784)
    .map((v) => {
      const [p, slope] =
        v < 1 / 256
          ? [0.93 * 256 * v, 0.93 * 256]
          : [0.93 + (0.07 * (v - 1 / 256)) / (1 - 1 / 256), 0.07 / (1 - 1 / 256)];
      return Math.log(slope) - Math.log(p) - Math.log1p(-p);
    })
    .reduce((a, b) => a + b);
  expect(Math.abs((logDet.dataSync()[0] ?? 0) - wanted)).toBeLessThan(2);
});

test('a checkpoint knows the kind of the flow and its base', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mnist-test-'));
  const flow = small();
  flow.compile({ optimizer: tf.train.adam() });
  const [x, condition] = await firstBatch(4);
  const path = await saveCheckpoint(folder, flow, { epoch: 1, options: {}, history: [] });
  const { flow: again } = await loadCheckpoint(path);
  const logs = [flow, again].map((one) => Array.from(one.logProb(x, { condition }).dataSync()));
  expect(logs[1]).toEqual(logs[0]);
  rmSync(folder, { recursive: true });
});

test('the classifier reads at least 98 % of the test set', async () => {
  const digits = firstOf(loadDigits('test'), 2000);
  const model = loadClassifier();
  const images = tf.div(tf.tensor4d(Float32Array.from(digits.bytes), [digits.count, side, side, 1]), 255);
  const found = await read(model, images);
  const right = found.filter((digit, i) => digit === digits.labels[i]).length / digits.count;
  expect(right).toBeGreaterThanOrEqual(0.97); // of these 2,000, which are harder than the rest
});

test('a batch tells the class of each of its digits, and depends on seed and epoch alone', async () => {
  const digits = test100();
  const batches = (epoch: number) => trainingBatches(digits, { batch: 10, seed: 1, images: 50, epoch });
  const numbers = async (epoch: number) => {
    const { value } = await (await batches(epoch).iterator()).next();
    const xs: Batch['xs'] = value.xs;
    return xs.map((t) => Array.from(t.dataSync()));
  };
  expect(await numbers(3)).toEqual(await numbers(3));
  expect(await numbers(3)).not.toEqual(await numbers(2));
  const [, c] = await firstBatch(100);
  expect(Array.from(c.dataSync())).toEqual(Array.from(oneHot(digits.labels).dataSync()));
});

test('bits of a mixture of classes lie within log₂ 10 of the best class', async () => {
  const flow = small();
  const digits = firstOf(loadDigits('test'), 5);
  const { bits } = await likelihoods(flow, digits, 1);
  // Fresh, every class is the same: the mixture is each of them.
  const { value } = await (await heldOutBatches(digits, { batch: 5, seed: 1 }).iterator()).next();
  const [x, condition] = value.xs;
  const own = Array.from(flow.logProb(x, { condition }).dataSync(), (log) => bitsPerDim(-log));
  for (const [i, b] of (bits['held-out digits'] ?? []).entries())
    expect(Math.abs(b - (own[i] ?? 0))).toBeLessThan(Math.log2(10) / 784 + 1e-4);
  flow.dispose();
});

test('the activations of a step do not grow with the number of steps of flow', async () => {
  const xs = await firstBatch(4);
  const peaks: number[] = [];
  for (const depth of [1, 4]) {
    const { model } = buildFlow({ fine: depth, coarse: depth, hidden: 8, seed: 1 });
    peaks.push((await memoryOfStep(present, model, xs)).activations);
  }
  expect((peaks[1] ?? 0) / (peaks[0] ?? 1)).toBeLessThan(1.1);
});

test('settings are those of minutes or of a night, where none are given', () => {
  expect(settingsOf({ seed: 1, batch: 7 })).toEqual({ ...minutes, seed: 1, batch: 7 });
  expect(settingsOf({ seed: 1, long: true })).toEqual({ ...night, seed: 1 });
});

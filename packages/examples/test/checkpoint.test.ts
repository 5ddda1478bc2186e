import '@tensorflow/tfjs-backend-cpu';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import { loadCheckpoint, newest, saveCheckpoint } from '../src/mnist/checkpoint';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkpoint-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const x = () => tf.randomNormal([8, 4], 0, 1, 'float32', 1);
const compile = (model: tf.Sequential) => model.compile({ optimizer: tf.train.adam(0.01), loss: inn.nll });
function flow(): tf.Sequential {
  const layers = [
    inn.actNorm({ inputShape: [4] }),
    inn.affineCoupling({ hidden: 4 }),
    inn.gaussianLikelihood(),
  ];
  const model = tf.sequential({ layers });
  compile(model);
  return model;
}
const train = async (model: tf.Sequential, steps: number) => {
  let loss = 0;
  for (let k = 0; k < steps; k++) loss = (await model.trainOnBatch(x(), tf.zeros([8, 1]))) as number;
  return loss;
};
const progress = (epoch: number) => ({ epoch, options: { seed: 1 }, history: [] });

test('training goes on from a checkpoint as if it had not stopped', async () => {
  const model = flow();
  await train(model, 3);
  await saveCheckpoint(folder, model, progress(3));
  const there = await train(model, 5);
  const { model: loaded, progress: read, restore } = await loadCheckpoint(newest(folder)!);
  compile(loaded);
  await restore(loaded.optimizer);
  expect(read).toEqual(progress(3));
  expect(await train(loaded, 5)).toBe(there);
});

test('a newer checkpoint replaces the older, a half written one is not taken', async () => {
  const model = flow();
  await train(model, 1);
  await saveCheckpoint(folder, model, progress(1));
  await saveCheckpoint(folder, model, progress(2));
  expect(readdirSync(folder)).toEqual(['checkpoint-0002']);
  rmSync(join(folder, 'checkpoint-0002'), { recursive: true });
  writeFileSync(join(folder, 'checkpoint-0003.part'), '');
  expect(newest(folder)).toBeUndefined();
});

test.each(['model.json', 'weights.bin'])('a damaged %s is refused', async (name) => {
  const model = flow();
  await train(model, 1);
  const path = await saveCheckpoint(folder, model, progress(1));
  const whole = readFileSync(join(path, name));
  writeFileSync(join(path, name), whole.subarray(0, whole.length - 5));
  await expect(loadCheckpoint(path)).rejects.toThrow(/expected a whole checkpoint/);
  rmSync(join(path, name));
  await expect(loadCheckpoint(path)).rejects.toThrow(new RegExp(`no ${name}`));
});

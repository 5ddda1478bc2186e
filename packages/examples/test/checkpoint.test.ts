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
const compile = (flow: inn.Flow) => flow.compile({ optimizer: tf.train.adam(0.01) });
function fresh(): inn.Flow {
  const flow = inn.realNvp({ shape: [4], layers: 1, hidden: 4 });
  compile(flow);
  return flow;
}
const train = async ({ model }: inn.Flow, steps: number) => {
  let loss = 0;
  for (let k = 0; k < steps; k++) loss = Number(await model.trainOnBatch(x(), tf.zeros([8, 1])));
  return loss;
};
const progress = (epoch: number) => ({ epoch, options: { seed: 1 }, history: [] });

test('training goes on from a checkpoint as if it had not stopped', async () => {
  const flow = fresh();
  await train(flow, 3);
  await saveCheckpoint(folder, flow, progress(3));
  const there = await train(flow, 5);
  const { flow: loaded, progress: read, restore } = await loadCheckpoint(newest(folder)!);
  compile(loaded);
  await restore(loaded.model.optimizer);
  expect(read).toEqual(progress(3));
  expect(await train(loaded, 5)).toBe(there);
});

test('a newer checkpoint replaces the older, a half written one is not taken', async () => {
  const flow = fresh();
  await train(flow, 1);
  await saveCheckpoint(folder, flow, progress(1));
  await saveCheckpoint(folder, flow, progress(2));
  expect(readdirSync(folder)).toEqual(['checkpoint-0002']);
  rmSync(join(folder, 'checkpoint-0002'), { recursive: true });
  writeFileSync(join(folder, 'checkpoint-0003.part'), '');
  expect(newest(folder)).toBeUndefined();
});

test.each(['model.json', 'weights.bin'])('a damaged %s is refused', async (name) => {
  const flow = fresh();
  await train(flow, 1);
  const path = await saveCheckpoint(folder, flow, progress(1));
  const whole = readFileSync(join(path, name));
  writeFileSync(join(path, name), whole.subarray(0, whole.length - 5));
  await expect(loadCheckpoint(path)).rejects.toThrow(/expected a whole checkpoint/);
  rmSync(join(path, name));
  await expect(loadCheckpoint(path)).rejects.toThrow(new RegExp(`no ${name}`));
});

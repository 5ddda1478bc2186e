import '@tensorflow/tfjs-backend-cpu';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { Interruption } from '../src/interruption';
import { type Loop, trainSteps } from '../src/steps';

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'steps-'));
  jest.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => {
  rmSync(out, { recursive: true });
  jest.restoreAllMocks();
});

/** Asks a training to end after so many steps. */
const after = (steps: number): Interruption => ({
  async during(task) {
    let asked = 0;
    const result = await task(() => asked++ >= steps);
    return { result, interrupted: asked > steps };
  },
});

/** Least squares, with other data at every step. */
function loop(optimizer: tf.Optimizer = tf.train.adam(0.1)): Loop {
  const variables = { w: tf.variable(tf.ones([3, 1])) };
  const step = (n: number) => {
    const x = tf.randomNormal([4, 3], 0, 1, 'float32', n + 1);
    return optimizer.minimize(() => tf.mean(tf.square(tf.matMul(x, variables.w))), true)!;
  };
  return { variables, optimizer, step };
}

const plan = { steps: 9, options: { seed: 1 }, resume: undefined as boolean | undefined };
const values = ({ variables }: Loop) => Array.from(variables.w!.dataSync());

test('a run that was interrupted goes on to the last bit', async () => {
  const [whole, first, second] = [loop(), loop(), loop()];
  await trainSteps(whole, { ...plan, out, interruption: after(100) });
  rmSync(join(out, 'training.safetensors'));
  const cut = await trainSteps(first, { ...plan, out, interruption: after(4) });
  expect(cut).toMatchObject({ done: 4, interrupted: true });
  expect(values(first)).not.toEqual(values(whole));
  const again = await trainSteps(second, { ...plan, out, resume: true, interruption: after(100) });
  expect(again).toMatchObject({ done: 9, interrupted: false });
  expect(values(second)).toEqual(values(whole));
});

test('an unfinished run is not replaced, a finished one is', async () => {
  await trainSteps(loop(), { ...plan, out, interruption: after(4) });
  await expect(trainSteps(loop(), { ...plan, out, interruption: after(9) })).rejects.toThrow(/--resume/);
  await trainSteps(loop(), { ...plan, out, resume: true, interruption: after(100) });
  expect(await trainSteps(loop(), { ...plan, out, interruption: after(2) })).toMatchObject({ done: 2 });
});

test.each<[string, Partial<typeof plan>, RegExp]>([
  ['another option', { options: { seed: 2 } }, /--seed 1, as it began, got --seed 2/],
  ['other steps', { steps: 10 }, /--steps 9, as it began, got --steps 10/],
])('%s does not go on', async (_, given, message) => {
  await trainSteps(loop(), { ...plan, out, interruption: after(4) });
  const going = trainSteps(loop(), { ...plan, ...given, out, resume: true, interruption: after(9) });
  await expect(going).rejects.toThrow(message);
});

test('there is nothing to go on from in an empty folder', async () => {
  const going = trainSteps(loop(), { ...plan, out, resume: true, interruption: after(9) });
  await expect(going).rejects.toThrow(/Start without --resume/);
});

test('of several trainings, one that a run had not come to begins', async () => {
  const going = { ...plan, out, resume: true, interruption: after(100) };
  expect(await trainSteps(loop(), { ...going, later: true })).toMatchObject({ done: 9 });
  expect(await trainSteps(loop(), { ...going, later: true, interruption: after(0) })).toMatchObject({
    done: 9,
  });
});

test('a loss that is not finite ends the run', async () => {
  const bad = { ...loop(), step: () => tf.scalar(Number.NaN) };
  await expect(trainSteps(bad, { ...plan, out, interruption: after(9) })).rejects.toThrow(/NaN at step 1/);
});

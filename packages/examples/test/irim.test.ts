import '@tensorflow/tfjs-backend-wasm';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import { convolutionalNetwork } from '../src/irim/cnn';
import { phantoms } from '../src/irim/phantoms';
import { measured } from '../src/irim/problem';
import { stepOf } from '../src/irim/run';
import { render, sections } from '../src/irim/sections';
import { seismic } from '../src/irim/seismic';
import { sigmoid } from '../src/irim/sigmoid';
import { learning, machine } from '../src/irim/solver';
import { tomography } from '../src/irim/tomography';

beforeAll(async () => {
  core.registerKernels();
  await tf.setBackend('wasm');
});

const values = (t: tf.Tensor) => Array.from(t.dataSync());
const mean = (t: tf.Tensor) => tf.mean(t).dataSync()[0] ?? Number.NaN;

test.each([
  ['phantoms', (seed: number) => phantoms(2, 16, seed), 0],
  ['sections', (seed: number) => sections(2, [24, 16], seed), -1],
] as const)('%s are a function of the seed, within their range', (_, draw, low) => {
  const [first, again, other] = [values(draw(3)), values(draw(3)), values(draw(4))];
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
  expect(Math.min(...first)).toBeGreaterThanOrEqual(low);
  expect(Math.max(...first)).toBeLessThanOrEqual(1);
  expect(new Set(first).size).toBeGreaterThan(10);
});

test('a reflector lies at its depth, folded, deeper by the throw right of a fault', () => {
  const flat = {
    top: () => -99,
    fold: (trace: number) => 0.25 * trace,
    reflectors: [{ depth: 3, coefficient: 0.8 }],
  };
  const faults = [{ trace: 1.5, slope: 0, throw: 2 }];
  const section = render({ beds: [flat], faults }, [8, 4]);
  const trace = (k: number) => Array.from({ length: 8 }, (_, row) => section[4 * row + k] ?? 0);
  const close = (k: number, expected: Record<number, number>) => {
    for (const [row, v] of trace(k).entries()) expect(v).toBeCloseTo(expected[row] ?? 0, 6);
  };
  close(0, { 3: 0.8 });
  close(1, { 3: 0.6, 4: 0.2 });
  close(2, { 5: 0.4, 6: 0.4 });
  expect(sigmoid([32, 24]).shape).toEqual([1, 32, 24, 1]);
});

test('the head is upright, dark around and bright inside', () => {
  const { tests } = tomography({ size: 24, angles: 4, seed: 1 });
  const head = tests['slices of a real head'] ?? tf.zeros([1, 24, 24, 1]);
  expect(mean(tf.slice(head, [0, 0, 0, 0], [-1, 24, 2, 1]))).toBeLessThan(0.03);
  expect(mean(tf.slice(head, [0, 8, 8, 0], [-1, 8, 8, 1]))).toBeGreaterThan(0.3);
  expect(Math.max(...values(head))).toBeLessThanOrEqual(1);
});

test('both networks learn, of about as many weights', async () => {
  const problem = seismic({ seed: 1 });
  const step = await stepOf(problem);
  const own = machine(problem, { iterations: 3, hidden: 8, memory: 3, seed: 1 }, step);
  const count = (all: object[]) => all.reduce((sum, v) => sum + (v instanceof tf.Variable ? v.size : 0), 0);
  const weights = count(Object.values(own.variables));
  const network = convolutionalNetwork(problem, { weights, seed: 1, step });
  expect(count(Object.values(network.variables)) / weights).toBeGreaterThan(0.8);
  expect(count(Object.values(network.variables)) / weights).toBeLessThan(1.25);
  const x = problem.draw(4, 5);
  const d = measured(problem, x, 5);
  for (const solver of [own, network]) {
    const quality = () => tf.tidy(() => mean(core.psnr(solver.solve(d), x, { peak: 2 })));
    const before = quality();
    const loop = learning(problem, solver, { steps: 25, batch: 2, seed: 1, rate: 0.005 });
    const tensors = tf.memory().numTensors;
    for (let n = 0; n < 25; n++) loop.step(n).dispose();
    expect(quality()).toBeGreaterThan(before + 0.15);
    // What Adam remembers of every variable.
    expect(tf.memory().numTensors - tensors).toBeLessThanOrEqual(
      2 * Object.keys(solver.variables).length + 4,
    );
  }
});

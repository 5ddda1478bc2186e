import '@tensorflow/tfjs-backend-wasm';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import { gap, train } from '../src/density2d/train';

const options = {
  seconds: 1,
  steps: 1,
  coupling: 'affine' as const,
  bins: 8,
  layers: 2,
  hidden: 16,
  batch: 128,
  seed: 3,
};

test('training brings the flow nearer to the density, the same way each time', async () => {
  core.registerKernels();
  await tf.setBackend('wasm');
  const data = core.banana();
  const run = async (steps: number) => {
    const trained = await train(data, { ...options, steps }, () => {});
    expect(trained.steps).toBe(steps);
    const { mean } = await gap(data, trained, { n: 5000 });
    tf.dispose(trained.w);
    return mean;
  };
  const before = tf.memory().numTensors;
  const [fresh, trained, again] = [await run(1), await run(60), await run(60)];
  expect(tf.memory().numTensors).toBe(before);
  expect(trained).toBeLessThan(0.6 * fresh);
  expect(again).toBe(trained);
});

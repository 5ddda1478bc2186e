import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { broken, freeSample, type LawName, laws } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { networks } from './networks';

beforeAll(async () => {
  core.registerKernels();
  await tf.setBackend('wasm');
});

describe.each(networks)('$name', ({ sample, keeps }) => {
  test.each(keeps.map((name): [string, LawName] => [laws[name].title, name]))('%s', async (_, name) => {
    const at = sample();
    expect(await broken(name, at)).toEqual([]);
    freeSample(at);
  });
});

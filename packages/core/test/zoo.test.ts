import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { broken, freeSample, type LawName, laws, type Sample } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { cases } from './zoo';

describe.each(['cpu', 'wasm'])('%s', (backend) => {
  beforeAll(async () => {
    core.registerKernels();
    await tf.setBackend(backend);
  });

  describe.each(cases)('$name', ({ sample, keeps }) => {
    let at: Sample;
    beforeEach(() => {
      at = sample();
    });
    afterEach(() => freeSample(at));

    test.each(keeps.map((name): [string, LawName] => [laws[name].title, name]))('%s', async (_, name) => {
      expect(await broken(name, at)).toEqual([]);
    });
  });
});

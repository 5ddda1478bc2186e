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

  describe.each(cases)('$name', ({ sample, keeps, axes }) => {
    let at: Sample;
    beforeEach(() => {
      at = sample();
    });
    afterEach(() => freeSample(at));

    // Determinants are about mathematics: one backend is enough for the large ones, and cpu is the slow one.
    const asked = keeps.filter((name) => name !== 'logDet' || backend === 'wasm' || axes === 0);
    test.each(asked.map((name): [string, LawName] => [laws[name].title, name]))('%s', async (_, name) => {
      expect(await broken(name, at)).toEqual([]);
    });
  });
});

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import * as law from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { cases } from './zoo';

describe.each(['cpu', 'wasm'])('%s', (backend) => {
  beforeAll(async () => {
    core.registerKernels();
    await tf.setBackend(backend);
  });

  describe.each(cases)('$name', ({ sample, smooth }) => {
    let at: law.Sample;
    beforeEach(() => {
      at = sample();
    });
    afterEach(() => tf.dispose([at.x, at.w, at.c ?? []]));

    test('the inverse undoes the forward map and the log-dets cancel', () => {
      const error = law.inversion(at);
      expect(error.x).toBeLessThan(1e-5);
      expect(error.logDet).toBeLessThan(1e-5);
    });
    test('the log-det is that of the Jacobian, per sample', () => {
      expect(law.logDetError(at)).toBeLessThan(1e-4);
    });
    if (smooth) {
      test('the Taylor remainder is of second order', () => {
        expect(law.taylorOrder(at)).toBeGreaterThan(1.8);
      });
    }
    test('pushforward and pullback are adjoint', () => {
      expect(law.adjointError(at)).toBeLessThan(1e-5);
    });
    test('gradients equal those of tfjs, and no tensor stays', () => {
      const before = tf.memory().numTensors;
      expect(law.gradientError(at)).toBeLessThan(1e-5);
      expect(tf.memory().numTensors).toBe(before);
    });
  });
});

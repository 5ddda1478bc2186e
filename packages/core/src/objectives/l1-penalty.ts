import * as tf from '@tensorflow/tfjs-core';
import { checkSamples } from '../check';
import { checkOptions, required, within } from '../options';
import { batch } from '../tensors/channels';
import type { Penalty } from './penalty';

export interface L1PenaltyOptions {
  /** λ. */
  weight: number;
}

/**
 * Sparsity: most numbers are zero.
 *
 *     R(x) = λ Σ |x|      prox: sign(v) ⊙ max(|v| − μλ, 0)
 *
 * Daubechies et al. 2004, doi:10.1002/cpa.20042, eq. 2.3–2.4.
 */
export function l1Penalty(options: L1PenaltyOptions): Penalty {
  checkOptions('l1Penalty', options, { weight: required(within(0, 1e30)) });
  const { weight } = options;
  return {
    value: (x) =>
      tf.tidy(() => {
        checkSamples('l1Penalty', 'x', x);
        return tf.mul(weight, tf.sum<tf.Tensor1D>(tf.reshape(tf.abs(x), [batch(x), -1]), 1));
      }),
    prox: (v, mu) =>
      tf.tidy(() => {
        checkSamples('l1Penalty', 'v', v);
        return tf.mul(tf.sign(v), tf.relu(tf.sub(tf.abs(v), tf.mul(mu, weight))));
      }),
  };
}

import * as tf from '@tensorflow/tfjs-core';
import { canReadSync } from '../../autodiff/sync-read';
import { noGrad } from '../../autodiff/tapes/no-grad';
import { checkTensor } from '../../check';
import { refuse, show } from '../../errors';
import { checkOptions, finite, required, tensor } from '../../options';
import { batch, sizeOf } from '../../tensors/channels';
import { bound, checkOrder, type Projection, projection } from './projection';

export interface SlabOptions {
  /** The weight of each number of a sample, of its shape; not all zero. */
  normal: tf.Tensor;
  /** Default: no bound. */
  low?: number;
  high?: number;
}

/** low ≤ ⟨a, x⟩ ≤ high:  P x = x + a·(clip⟨a, x⟩ − ⟨a, x⟩)/‖a‖². With one bound it is a half-space. */
export function slab(options: SlabOptions): Projection {
  checkOptions('slab', options, { normal: required(tensor), low: bound, high: bound });
  const { normal: a, low = -Infinity, high = Infinity } = options;
  checkOrder('slab', low, high);
  checkTensor('slab', 'normal', a);
  if (canReadSync() && noGrad(() => tf.tidy(() => tf.max(tf.abs(a)).dataSync()[0])) === 0) {
    refuse('slab', 'a normal that is not all zero', 'zeros', 'Weigh at least one number of a sample.');
  }
  return projection('slab', (x) => {
    if (a.size !== sizeOf(x.shape.slice(1))) {
      const remedy = 'Give a weight for each number of a sample.';
      refuse('slab', `samples of shape ${show(a.shape)}, as the normal has`, show(x.shape), remedy);
    }
    return between(x, tf.reshape(a, [-1, 1]), low, high);
  });
}

/** low ≤ ⟨a, x⟩ ≤ high, a as a column. */
function between(x: tf.Tensor, a: tf.Tensor2D, low: number, high: number): tf.Tensor {
  const rows: tf.Tensor2D = tf.reshape(x, [batch(x), -1]);
  const product = tf.matMul(rows, a);
  const excess = tf.sub(tf.clipByValue(product, low, high), product);
  const step = tf.div(excess, tf.sum(tf.square(a)));
  return tf.reshape(tf.add(rows, tf.mul(step, tf.reshape(a, [1, -1]))), x.shape);
}

/** ⟨a, x⟩ ≤ b. */
export function halfspace(options: { normal: tf.Tensor; offset: number }): Projection {
  checkOptions('halfspace', options, { normal: required(tensor), offset: required(finite) });
  return slab({ normal: options.normal, high: options.offset });
}

export interface MassOptions {
  /** Default: no bound. */
  low?: number;
  high?: number;
}

/** low ≤ Σ x ≤ high, such as the expected area of a class: what is missing, or too much, is shared by all D numbers of a sample. */
export function totalMass(options: MassOptions): Projection {
  checkOptions('totalMass', options, { low: bound, high: bound });
  const { low = -Infinity, high = Infinity } = options;
  checkOrder('totalMass', low, high);
  return projection('totalMass', (x) => between(x, tf.ones([sizeOf(x.shape.slice(1)), 1]), low, high));
}

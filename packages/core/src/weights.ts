import type * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Direction, Shape, Weights } from './bijection';
import { checkBijection, checkTensor } from './check';
import { anyShape, checkOptions, checkValue, having, oneOf, seed as seedRule, tensor } from './options';
import { childSeed } from './random';

export interface CreateOptions {
  /** Default 0. */
  seed?: number;
  /** Shape of the condition. */
  condition?: Shape;
}

/** Makes the weights of a bijection or a network for a shape of its input and of its condition. The caller owns them. */
export function createWeights(
  bijection: Pick<Bijection, 'weights'>,
  shape: Shape,
  options: CreateOptions = {},
): Weights {
  checkValue('createWeights', 'bijection', bijection, { ...having('weights'), remedy: 'As in actNorm().' });
  checkValue('createWeights', 'shape', shape, anyShape);
  checkOptions('createWeights', options, { seed: seedRule, condition: anyShape });
  const { seed = 0, condition } = options;
  const specs = bijection.weights(shape, condition);
  return Object.fromEntries(specs.map(({ name, initialize }, i) => [name, initialize(childSeed(seed, i))]));
}

export interface InitializeOptions {
  condition?: tf.Tensor;
  /** Default 0. */
  seed?: number;
  /** Which way the bijection will be trained. Default 'forward'. */
  direction?: Direction;
}

/**
 * Ready weights: created for the shapes of a first batch, and those that the batch decides, such as ActNorm's, set by it.
 * x: the batch, in the direction in which the bijection will be trained. The caller owns the weights.
 *
 * ```ts
 * const flow = core.realNvp({ layers: 2, hidden: 8 });
 * const x = tf.randomNormal([16, 2], 5, 3);
 * const w = core.initialize(flow, x, { seed: 1 });
 * const { y, logDet } = flow.forward(x, w);
 * ```
 */
export function initialize(bijection: Bijection, x: tf.Tensor, options: InitializeOptions = {}): Weights {
  checkBijection('initialize', bijection);
  checkTensor('initialize', 'x', x);
  const directions = oneOf('forward', 'inverse');
  checkOptions('initialize', options, { condition: tensor, seed: seedRule, direction: directions });
  const { condition, seed = 0, direction = 'forward' } = options;
  const shape = direction === 'forward' ? x.shape : bijection.inputShape(x.shape);
  const w = createWeights(bijection, shape, { seed, ...(condition && { condition: condition.shape }) });
  try {
    for (const [name, t] of Object.entries(bijection.initialize(x, w, direction, condition))) {
      w[name]?.dispose();
      w[name] = t;
    }
    return w;
  } catch (error) {
    for (const t of Object.values(w)) t.dispose();
    throw error;
  }
}

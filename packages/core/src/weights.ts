import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Direction, Shape, Weights } from './bijection';
import { checkBijection, checkTensor } from './check';
import {
  anyShape,
  checkOptions,
  checkValue,
  having,
  oneOf,
  seed as seedRule,
  tensor,
  weightsByName,
} from './options';
import { childSeed } from './random';
import { tidy } from './tidy';
import { withoutPrefix, withPrefix } from './weight-names';

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

/**
 * Weights that an older version saved by name, as those of today: the same map to the last bit. Others are as they were, for a
 * bijection of a shape of its input, and of its condition where it has one. The caller owns the result, which are copies.
 *
 * ```ts
 * const norm = core.actNorm();
 * const saved = { logScale: tf.tensor1d([0.5, -1]), bias: tf.tensor1d([3, 4]) }; // y = eˡ ⊙ x + b, of 0.1.0
 * const w = core.upgradeWeights(norm, [1, 2], saved);
 * const { y } = norm.forward(tf.randomNormal([5, 2]), w);
 * ```
 */
export function upgradeWeights(
  bijection: Pick<Bijection, 'weights'>,
  shape: Shape,
  weights: Weights,
  options: Pick<CreateOptions, 'condition'> = {},
): Weights {
  checkValue('upgradeWeights', 'bijection', bijection, { ...having('weights'), remedy: 'As in actNorm().' });
  checkValue('upgradeWeights', 'shape', shape, anyShape);
  checkValue('upgradeWeights', 'weights', weights, weightsByName);
  for (const [name, t] of Object.entries(weights)) checkTensor('upgradeWeights', `weight ${name}`, t);
  checkOptions('upgradeWeights', options, { condition: anyShape });
  return tidy(() => {
    const lacking = bijection
      .weights(shape, options.condition)
      .filter(({ name, fromOlder }) => fromOlder && !Object.hasOwn(weights, name));
    const renewed = lacking.map(({ name, fromOlder }) => {
      const key = name.slice(0, name.lastIndexOf('/') + 1);
      return withPrefix(key, fromOlder?.(withoutPrefix(weights, key)) ?? {});
    });
    const all: Weights = Object.assign({}, weights, ...renewed);
    return Object.fromEntries(Object.entries(all).map(([name, t]) => [name, tf.clone(t)]));
  });
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

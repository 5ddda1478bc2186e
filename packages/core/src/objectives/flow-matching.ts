import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Weights } from '../bijection';
import { checkBijection, checkTensor } from '../check';
import { bodyOf, checkEntrance } from '../edge';
import type { Continuous } from '../engines/continuous';
import { refuse } from '../errors';
import { checkOptions, seed as seedRule, tensor } from '../options';
import { childSeed, randomNormal, randomUniform } from '../random';
import { batch, perElement } from '../tensors/channels';

export interface FlowMatchingOptions {
  condition?: tf.Tensor;
  /** Of the noise and of the times, one of each for a sample: another one for each step of a training. Default 0. */
  seed?: number;
}

const where = 'flowMatching';

const isContinuous = (b: Bijection): b is Continuous => 'field' in b;

/**
 * How far the field of a continuous flow is from straight paths that lead each sample to noise: a loss for its weights that solves for
 * nothing, of the cost of one evaluation of the network.
 *
 *     E ‖f(x_t, t; c) − (z − x)‖²,  x_t = (1 − t) x + t z      z ~ N(0, I),  t ~ U(0, 1)      the mean over numbers and samples
 *
 * The flow of the field that is best leads the data to N(0, I): trained by this, it has densities and samples like one that is trained by its
 * likelihood. The gradient is that of tfjs, in the weights and in the condition.
 * x: [batch, …spatial, channels] → a scalar.   Lipman et al. 2022, arXiv:2210.02747, eq. 23; Liu et al. 2022, arXiv:2209.03003, eq. 1.
 *
 * ```ts
 * const flow = core.continuousFlow({ hidden: 16 });
 * const w = core.createWeights(flow, [1, 2]);
 * const variables = Object.fromEntries(Object.entries(w).map(([name, t]) => [name, tf.variable(t)]));
 * const optimizer = tf.train.adam(1e-3);
 * const x = tf.randomNormal([64, 2]);
 * optimizer.minimize(() => core.flowMatching(flow, x, variables, { seed: 1 }));
 * const { y, logDet } = flow.forward(x, variables);
 * ```
 */
export function flowMatching(
  flow: Bijection,
  x: tf.Tensor,
  w: Weights,
  options: FlowMatchingOptions = {},
): tf.Scalar {
  checkBijection(where, flow);
  checkTensor(where, 'x', x);
  checkOptions(where, options, { condition: tensor, seed: seedRule });
  const { condition, seed = 0 } = options;
  const body = bodyOf(flow);
  if (!isContinuous(body)) {
    return refuse(
      where,
      'a bijection with a field of velocities',
      String(flow),
      'Give it a continuousFlow alone.',
    );
  }
  checkEntrance(flow, x, w, condition);
  return tf.tidy(() => {
    const z = randomNormal(x.shape, seed);
    const t = randomUniform([batch(x), 1], childSeed(seed, 1));
    const late = perElement(t, x.rank);
    const between = tf.add(tf.mul(tf.sub(1, late), x), tf.mul(late, z));
    const off = tf.sub(body.field.velocity(t, between, w, condition), tf.sub(z, x));
    return tf.mean(tf.square(off));
  });
}

import * as tf from '@tensorflow/tfjs-core';
import type { Shape, WeightSpec, Weights } from '../bijection';
import { checkCondition, checkTensor, checkWeights } from '../check';
import { float } from '../edge';
import { refuse } from '../errors';
import {
  anyShape,
  checkOptions,
  checkValue,
  having,
  printed,
  type Rule,
  type Rules,
  required,
  seed,
  tensor,
  weightsByName,
  whole,
  within,
} from '../options';
import { tidy } from '../tidy';

export interface SampleOptions {
  /** The same seed gives the same numbers. */
  seed: number;
  /** How far what is drawn spreads: each distribution says of what it is a factor. Default 1. */
  temperature?: number;
  w?: Weights;
  /** One for each sample: [n, …]. */
  condition?: tf.Tensor;
}

/**
 * A distribution of samples of any shape, over explicit weights, as the base of a flow or as the flow itself.
 *
 * Shapes are those of one sample and of its condition, without the batch.
 */
export interface Distribution {
  readonly name: string;
  weights(shape: Shape, condition?: Shape): WeightSpec[];
  /** log p(z | c) in nats with all constants, [batch]. tfjs differentiates it in z, w and c. */
  logProb(z: tf.Tensor, w?: Weights, c?: tf.Tensor): tf.Tensor;
  /** n samples, [n, …shape]. */
  sample(n: number, shape: Shape, options: SampleOptions): tf.Tensor;
  /** Weights set from a first batch of samples (ActNorm), or none. */
  initialize?(z: tf.Tensor, w: Weights, c?: tf.Tensor): Weights;
  toString(): string;
}

export const distributionRule: Rule = {
  ...having('logProb', 'sample', 'weights'),
  remedy: 'Such as normal().',
};

/** What an author writes: mathematics without checks. */
type Body = Omit<Distribution, 'name'>;

/** A kind of distribution, which prints itself: a rule for each option, and what the options make. @__NO_SIDE_EFFECTS__ */
export const defineDistribution =
  <Options extends object>(
    name: string,
    rules: Rules<Options>,
    make: (options?: Options) => Body,
  ): ((options?: Options) => Distribution) =>
  (options) => {
    if (options !== undefined) checkOptions(name, options, rules);
    return checkedDistribution(name, make(options), () => printed(name, options));
  };

const sampleRules: Rules<SampleOptions> = {
  seed: required({ ...seed, expected: 'a whole seed' }),
  temperature: within(0, 1e30, 'Leave it out for 1; 0.7 draws likelier samples.'),
  w: weightsByName,
  condition: tensor,
};

/** A distribution that checks its inputs, once. Its results alone stay; all other tensors are freed. */
export function checkedDistribution(name: string, body: Body, print: () => string): Distribution {
  const weights = (shape: Shape, condition?: Shape) => {
    checkValue(name, 'shape', shape, anyShape);
    if (condition !== undefined) checkValue(name, 'condition', condition, anyShape);
    return body.weights(shape, condition);
  };
  const enter = (z: tf.Tensor, w: Weights, c?: tf.Tensor) => {
    checkTensor(name, 'z', z);
    if (z.rank === 0) refuse(name, 'samples [batch, …]', 'a scalar', 'Give it an axis of the batch.');
    if (c !== undefined) checkCondition(name, c, z);
    checkWeights(name, weights(z.shape.slice(1), c?.shape.slice(1)), w);
    return float(z);
  };
  const { initialize } = body;
  return {
    name,
    toString: print,
    weights,
    logProb: (z, w = {}, c) => tf.tidy(() => body.logProb(enter(z, w, c), w, c)),
    sample(n, shape, options) {
      checkValue(name, 'n', n, { ...whole(1, 2 ** 31), remedy: 'Such as 16 samples.' });
      checkOptions(name, options, sampleRules);
      const { w = {}, condition: c } = options;
      if (c && c.shape[0] !== n) {
        refuse(name, `one condition for each of ${n} samples`, c.shape[0], 'Repeat it along the batch.');
      }
      checkWeights(name, weights(shape, c?.shape.slice(1)), w);
      return tf.tidy(() => body.sample(n, shape, options));
    },
    ...(initialize && { initialize: (z, w, c) => tidy(() => initialize(enter(z, w, c), w, c)) }),
  };
}

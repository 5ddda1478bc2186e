import type * as tf from '@tensorflow/tfjs-core';
import type { Shape, WeightSpec, Weights } from '../bijection';
import { refuse } from '../errors';
import { checkOptions, printed, type Rules } from '../options';

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

/** A kind of distribution, which prints itself: a rule for each option, and what the options make. @__NO_SIDE_EFFECTS__ */
export const defineDistribution =
  <Options extends object>(
    name: string,
    rules: Rules<Options>,
    make: (options?: Options) => Omit<Distribution, 'name'>,
  ): ((options?: Options) => Distribution) =>
  (options) => {
    if (options !== undefined) checkOptions(name, options, rules);
    return { ...make(options), name, toString: () => printed(name, options) };
  };

/** The numbers of one sample. */
export const dimensions = (shape: Shape): number => shape.reduce((n, size) => n * size, 1);

/** Refuses weights that lack one. */
export function checkWeights(where: string, specs: readonly WeightSpec[], w: Weights): void {
  const missing = specs.find(({ name }) => !(name in w));
  if (!missing) return;
  const remedy = 'Give `w`, made by createWeights for the shape of one sample.';
  refuse(where, `a weight ${missing.name}`, Object.keys(w).join(', ') || 'none', remedy);
}

/** Refuses what cannot be drawn: a number of samples, a temperature, conditions for another number of them. */
export function checkSample(
  where: string,
  n: number,
  { seed, temperature = 1, condition }: SampleOptions,
): void {
  if (!(Number.isInteger(n) && n > 0)) refuse(where, 'a positive whole number of samples', n, 'Such as 16.');
  if (!Number.isSafeInteger(seed)) refuse(where, 'a whole seed', seed, 'Such as 0 or 42.');
  if (!(temperature >= 0 && Number.isFinite(temperature))) {
    refuse(where, 'a temperature ≥ 0', temperature, 'Leave it out for 1; 0.7 draws likelier samples.');
  }
  if (condition && condition.shape[0] !== n) {
    refuse(where, `one condition for each of ${n} samples`, condition.shape[0], 'Repeat it along the batch.');
  }
}

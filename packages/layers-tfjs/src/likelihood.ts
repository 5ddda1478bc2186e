import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { inputsOf } from './check';
import { isConsumable } from './graph';
import { headRules, type LayerArgs } from './layer-args';
import { addWeights, valuesOf } from './layer-weights';
import { carryLogDet, logDetOf } from './log-dets';
import { layersInFlow } from './path';
import { register } from './register';
import { type LayerShape, listed, sizes } from './shapes';

export interface LikelihoodArgs extends NonNullable<LayerArgs> {
  /** The distribution of the latent, as data. Default: the standard normal. */
  base?: core.DistributionSpec;
  /** Seed of its initial weights. Default 0. */
  seed?: number;
}

const likelihoodRules: core.Rules<LikelihoodArgs> = {
  ...headRules,
  base: core.rules.optionsOf('distributionOf'),
};

/**
 * The likelihood head of a flow: the negative log-likelihood of each example, in nats.
 *
 *     −log p(x) = −log p_base(z) − Σ log|det J|      [batch, …] → [batch, 1]
 *
 * The log-determinants come from the invertible layers before it; another layer in between is an error that names it. A base
 * that has a condition takes it as a second input. Dinh et al. 2017, arXiv:1605.08803, eq. 1–3.
 */
export class InvertibleLikelihood extends tfl.layers.Layer {
  static className = 'InvertibleLikelihood';
  readonly base: core.Distribution;
  private readonly spec: core.DistributionSpec | undefined;
  private readonly seed: number;
  private specs: readonly core.WeightSpec[] = [];

  constructor(options: LikelihoodArgs = {}) {
    core.checkOptions('likelihood', options, likelihoodRules);
    const { base, seed = 0, ...args } = options;
    super(args);
    this.spec = base;
    this.base = core.distributionOf(base ?? { kind: 'normal' });
    this.seed = seed;
  }

  override build(inputShape: LayerShape | LayerShape[]): void {
    const [z, c] = listed(inputShape);
    const specs = this.base.weights(sizes(z).slice(1), c && sizes(c).slice(1));
    this.specs = addWeights(this, specs, this.seed);
    this.built = true;
  }

  /** The weights of the base by name, as they are now. */
  named(): core.Weights {
    return valuesOf(this, this.specs);
  }

  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    return [listed(inputShape)[0][0] ?? null, 1];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs?: object): tf.Tensor {
    const [z, c] = (Array.isArray(inputs) ? inputs : [inputs]) as [tf.Tensor, tf.Tensor?];
    const logDet = logDetOf(z);
    if (!logDet) {
      const remedy = 'Apply it to what the flow has made, and to no copy of that.';
      core.refuse(
        this.name,
        'the output of an invertible layer',
        'a tensor without a log-determinant',
        remedy,
      );
    }
    const nats = tf.tidy(() =>
      tf.reshape(tf.neg(tf.add(this.base.logProb(z, this.named(), c), logDet)), [-1, 1]),
    );
    if (isConsumable(this, z, kwargs)) z.dispose();
    return nats;
  }

  override getConfig(): tf.serialization.ConfigDict {
    const config = { ...super.getConfig(), seed: this.seed };
    // Plain data, whose type tfjs does not take for a config.
    return this.spec ? { ...config, base: this.spec as never } : config;
  }

  override apply(...args: Parameters<tfl.layers.Layer['apply']>): ReturnType<tfl.layers.Layer['apply']> {
    const [z, condition] = inputsOf(this.name, args[0], 'z');
    if (z instanceof tfl.SymbolicTensor) {
      const c = condition instanceof tfl.SymbolicTensor ? condition : undefined;
      for (const layer of layersInFlow(this.name, z, c)) carryLogDet(layer);
    }
    return super.apply(...args);
  }
}
register(InvertibleLikelihood);

/** {@link InvertibleLikelihood} with the standard normal base, under the name that models saved with it have. */
export class InvertibleGaussianLikelihood extends InvertibleLikelihood {
  static override className = 'InvertibleGaussianLikelihood';
  constructor(args: Omit<LikelihoodArgs, 'base'> = {}) {
    super(args);
  }
}
register(InvertibleGaussianLikelihood);

/** The loss of a model that ends in a likelihood head: the mean negative log-likelihood. Targets are ignored. */
export const nll = (_target: tf.Tensor, perExample: tf.Tensor): tf.Tensor => tf.mean(perExample);

/**
 * The likelihood head of a flow with the standard normal base, z ~ N(0, 1): the last layer, directly after the flow.
 *
 *     −log p(x) = ½ Σ (z² + log 2π) − Σ log|det J|      in nats, [batch, …] → [batch, 1]
 *
 * @example
 * ```ts
 * const model = tfl.sequential();
 * model.add(inn.affineCoupling({ inputShape: [4], hidden: 8 }));
 * model.add(inn.gaussianLikelihood());
 * model.compile({ optimizer: 'adam', loss: inn.nll });
 * ```
 */
export const gaussianLikelihood = (args?: Omit<LikelihoodArgs, 'base'>): InvertibleGaussianLikelihood =>
  new InvertibleGaussianLikelihood(args);

/**
 * The likelihood head of a flow with any base distribution: the last layer, directly after the flow.
 *
 *     −log p(x) = −log p_base(z) − Σ log|det J|      in nats, [batch, …] → [batch, 1]
 *
 * `base` is the distribution as data: its kind and options. Default: the standard normal.
 *
 * @example
 * ```ts
 * const model = tfl.sequential();
 * model.add(inn.affineCoupling({ inputShape: [4], hidden: 8 }));
 * model.add(inn.likelihood({ base: { kind: 'logistic' } }));
 * model.compile({ optimizer: 'adam', loss: inn.nll });
 * ```
 */
export const likelihood = (args?: LikelihoodArgs): InvertibleLikelihood => new InvertibleLikelihood(args);

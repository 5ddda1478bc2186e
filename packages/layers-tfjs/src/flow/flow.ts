import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import type { InvertibleLayer } from '../invertible-layer';
import { type InvertibleLikelihood, nll } from '../likelihood';
import type { Place } from '../persistence/handler';
import { type SaveOptions, saveModel } from '../persistence/save-model';
import type { FlowFitArgs, FlowFitDatasetArgs, FlowSampleOptions, Given } from './args';
import { checkBatch, checkDraw, checkGiven } from './check';
import { type Condition, type ConditionPart, conditionFor } from './condition';
import { checkCompile, type Dataset, evaluateFlow, fitFlow, fitFlowDataset } from './fit';
import { partsOf, printed } from './parts';
import { type Posterior, posteriorOf } from './posterior';
import { freshSeed, sampleEach } from './sample';

/**
 * A normalizing flow as a model: trained by maximum likelihood, sampled, and asked for the density of a sample.
 *
 *     log p(x | c) = log p_base(f(x; c)) + log|det ∂f/∂x|      x = f⁻¹(z; c), z from the base
 *
 * `model` is an ordinary tf.LayersModel from x (and c) to −log p(x | c), [batch, 1], in nats: callbacks, optimizers and
 * saving are those of tf.layers. The results of all methods are the caller's to dispose.
 *
 * ```ts
 * // Classes as the condition, one-hot: p(x | class).
 * const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], 'int32'), 3, 1, 0, 'float32');
 * const x = tf.randomUniform([8, 4, 4, 1]);
 * const flow = inn.conditionalGlow({ shape: [4, 4, 1], condition: [3], scales: 1, steps: 2, hidden: 8 });
 * await flow.fit(x, { condition: labels, epochs: 2, verbose: 0 });
 * const nats = await flow.evaluate(x, { condition: labels });
 * const perImage = flow.logProb(x, { condition: labels }); // [8]
 * const bits = flow.bitsPerDim(x, { condition: labels, levels: 256 }); // [8]
 * const { z, logDet } = flow.forward(x, { condition: labels });
 * const back = flow.inverse(z, { condition: labels }).x;
 * const ones = flow.sample(5, { seed: 1, temperature: 0.8, condition: tf.tensor2d([[0, 1, 0]]) });
 * const twos = flow.posterior(tf.tensor1d([0, 0, 1])); // .sample(n), .logProb(x), .moments(n)
 * await flow.save('file://digits');
 * const again = await inn.loadFlow('file://digits');
 * ```
 */
export class Flow {
  /** The layer of the bijection, and the head with the base. */
  readonly layer: InvertibleLayer;
  readonly head: InvertibleLikelihood;
  /** Of one sample, and of its conditions together. */
  readonly shape: readonly number[];
  readonly conditionShape: readonly number[] | undefined;
  readonly conditions: readonly ConditionPart[];
  private ownOptimizer: tf.Optimizer | undefined;

  /** A flow from a model that ends in a likelihood head right after one invertible layer, as those of `flow` do. */
  constructor(readonly model: tfl.LayersModel) {
    const { layer, head, shape, conditionShape, conditions } = partsOf(model);
    [this.layer, this.head, this.shape] = [layer, head, shape];
    [this.conditionShape, this.conditions] = [conditionShape, conditions];
  }

  /** From x to the latent. */
  get bijection(): core.Bijection {
    return this.layer.bijection;
  }

  /** Shape of one latent. */
  get latentShape(): readonly number[] {
    return this.bijection.outputShape([1, ...this.shape]).slice(1);
  }

  /** Sets the optimizer. Without it the first `fit` takes Adam with learning rate 1e-3. */
  compile(args: { optimizer: tf.Optimizer | string }): void {
    checkCompile(args);
    this.model.compile({ ...args, loss: nll });
  }

  /**
   * Trains by maximum likelihood, under guards. `history.loss` is in nats per sample, weighted where samples have weights.
   *
   * A loss that is not finite, or explodes, ends the run with an error that names the part to blame; the weights are the last good
   * ones then. A step whose gradient would be spoiled by rounding is mended, and a warning names the part.
   */
  async fit(x: tf.Tensor, args: FlowFitArgs = {}): Promise<tfl.History> {
    this.ready();
    return fitFlow(this, x, args);
  }

  /** Trains on a dataset of {xs, ys}: xs is x or [x, …conditions], ys zeros of shape [batch, 1]. Guards as for `fit`. */
  async fitDataset(dataset: Dataset, args: FlowFitDatasetArgs): Promise<tfl.History> {
    this.ready();
    return fitFlowDataset(this, dataset, args);
  }

  /** The mean negative log-likelihood, in nats per sample. */
  async evaluate(x: tf.Tensor, options: Given & { batchSize?: number } = {}): Promise<number> {
    this.ready();
    return evaluateFlow(this, x, options);
  }

  /** log p(x | c) of each sample, [batch], in nats; −∞ where x is outside what the flow takes. */
  logProb(x: tf.Tensor, options: Given = {}): tf.Tensor1D {
    const { condition } = checkGiven('flow.logProb', options);
    return core.tidy(() => {
      const { z, logDet } = core.scored(() => this.forward(x, { condition }));
      const c = this.conditionFor(samplesOf(x), condition);
      return tf.add(this.head.base.logProb(z, this.head.named(), c), logDet);
    });
  }

  /** Bits per number of each sample, [batch], of data that had so many levels and were scaled to [0, 1]. */
  bitsPerDim(x: tf.Tensor, options: Given & { levels?: number } = {}): tf.Tensor {
    const { condition, levels = 256 } = checkGiven('flow.bitsPerDim', options, {
      levels: core.rules.whole(2),
    });
    samplesOf(x);
    const dims = tf.util.sizeFromShape(x.shape.slice(1));
    return tf.tidy(() => core.bitsPerDim(tf.neg(this.logProb(x, { condition })), dims, { levels }));
  }

  /** z = f(x; c) and log|det ∂f/∂x| of each sample. */
  forward(x: tf.Tensor, options: Given = {}): { z: tf.Tensor; logDet: tf.Tensor } {
    const { condition } = checkGiven('flow.forward', options);
    const { y: z, logDet } = core.tidy(() => this.apply(this.bijection, x, condition));
    return { z, logDet };
  }

  /** x = f⁻¹(z; c) and the log-determinant of the inverse, of each sample. */
  inverse(z: tf.Tensor, options: Given = {}): { x: tf.Tensor; logDet: tf.Tensor } {
    const { condition } = checkGiven('flow.inverse', options);
    const { y: x, logDet } = core.tidy(() => this.apply(core.reverse(this.bijection), z, condition));
    return { x, logDet };
  }

  /** n samples, [n, …shape]; with `each`, n for each of m conditions, [m, n, …shape]. */
  sample(n: number, options: FlowSampleOptions = {}): tf.Tensor {
    checkDraw('flow.sample', n, options);
    if (options.each) return sampleEach(this, n, options);
    const { condition } = options;
    return tf.tidy(() => this.inverse(this.sampleLatent(n, options), { condition }).x);
  }

  /** n latents, drawn from the base. */
  sampleLatent(n: number, options: Omit<FlowSampleOptions, 'each'> = {}): tf.Tensor {
    const { seed = freshSeed(), temperature = 1, condition } = checkDraw('flow.sampleLatent', n, options);
    return tf.tidy(() => {
      const c = this.conditionFor(n, condition);
      const w = this.head.named();
      return this.head.base.sample(n, this.latentShape, { seed, temperature, w, ...(c && { condition: c }) });
    });
  }

  /** The distribution of x given one condition, [1, …] or without the 1, which is kept until `dispose`. */
  posterior(condition: Condition): Posterior {
    return posteriorOf(this, condition);
  }

  /**
   * Saves as `model.save` does: to `file://folder` in Node, `indexeddb://name`, `localstorage://name` or `downloads://name` in
   * browsers, or to a handler, with a digest that `loadFlow` checks; tf.loadLayersModel reads it too. With `includeOptimizer` the
   * flow comes back compiled, as the optimizer was, and `fit` goes on.
   */
  save(to: Place, options?: SaveOptions): Promise<tf.io.SaveResult> {
    return saveModel(this.model, to, options);
  }

  /** The weights, by name, those of the bijection under `flow/`, those of the base under `base/`. Not copies. */
  weights(): core.Weights {
    return {
      ...core.withPrefix('flow/', this.layer.named()),
      ...core.withPrefix('base/', this.head.named()),
    };
  }

  /** Frees the model and the optimizer, unless that was given to `compile`. */
  dispose(): void {
    this.model.dispose();
    this.ownOptimizer?.dispose();
    this.ownOptimizer = undefined;
  }

  toString(): string {
    return printed(this);
  }

  /** One reversible op: under a tape it stores its output alone, however deep the flow is. */
  private apply(b: core.Bijection, x: tf.Tensor, given: Condition | undefined): core.Applied {
    const condition = this.conditionFor(samplesOf(x), given);
    return core.reversible(b)(x, this.layer.named(), { ...(condition && { condition }) });
  }

  private ready(): void {
    if (this.model.optimizer) return;
    this.ownOptimizer = tf.train.adam(1e-3);
    this.compile({ optimizer: this.ownOptimizer });
  }

  /** The conditions of each of n samples as one, checked. One for all is repeated. */
  conditionFor(n: number, condition: Condition | undefined): tf.Tensor | undefined {
    return conditionFor(this.conditions, n, condition);
  }
}

const samplesOf = (x: tf.Tensor): number => checkBatch('flow', x);

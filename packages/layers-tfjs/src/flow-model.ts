import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { bijectionLayer } from './bijection-layer';
import { InvertibleLayer } from './invertible-layer';
import { InvertibleLikelihood, nll } from './likelihood';
import { type Place, saveHandler } from './persistence/handler';

export interface FlowOptions {
  /** From x to the latent: an invertible layer, such as those of the networks, or a bijection of core. */
  bijection: InvertibleLayer | core.Bijection;
  /** Shape of one sample of x. */
  shape: readonly number[];
  /** Shape of one condition. Default: none. */
  condition?: readonly number[];
  /** The distribution of the latent, as data. Default: the standard normal. */
  base?: core.DistributionSpec;
  /** Seed of the initial weights. Default 0. */
  seed?: number;
}

/** A condition: one for each sample, or one for all. */
interface Given {
  condition?: tf.Tensor;
}

export interface FlowFitArgs extends Omit<tfl.ModelFitArgs, 'validationData'>, Given {
  /** Samples to validate with, and their conditions. */
  validationData?: tf.Tensor | [x: tf.Tensor, condition: tf.Tensor];
}

export interface FlowSampleOptions extends Given {
  /** The same seed gives the same samples. Default 0. */
  seed?: number;
  /** Below 1: likelier samples, less varied. Default 1. */
  temperature?: number;
}

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
  readonly model: tfl.LayersModel;
  /** The layer of the bijection, and the likelihood head with the base. */
  readonly layer: InvertibleLayer;
  readonly head: InvertibleLikelihood;
  private readonly shape: readonly number[];
  readonly conditionShape: readonly number[] | undefined;

  /** A flow from a model that ends in a likelihood head right after one invertible layer, as those of `flow` do. */
  constructor(model: tfl.LayersModel) {
    const [layer, head] = model.layers.filter((l) => l.getClassName() !== 'InputLayer');
    const fits = layer instanceof InvertibleLayer && head instanceof InvertibleLikelihood;
    if (!fits || model.layers.length > 2 + model.inputs.length) {
      core.refuse(
        `flow of model "${model.name}"`,
        'one invertible layer and a likelihood head after it',
        model.layers.map((l) => l.getClassName()).join(', '),
        'Use flowForward and flowInverse for models of many layers, or make the model with flow().',
      );
    }
    this.model = model;
    this.layer = layer;
    this.head = head;
    const [x, c] = model.inputs.map((t) => t.shape.slice(1) as number[]);
    this.shape = x!;
    this.conditionShape = c;
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
    this.model.compile({ ...args, loss: nll });
  }

  /** Trains by maximum likelihood. `history.loss` is in nats per sample. */
  async fit(x: tf.Tensor, { condition, validationData, ...args }: FlowFitArgs = {}): Promise<tfl.History> {
    this.ready();
    const none: tf.Tensor[] = [];
    const targets = (t: tf.Tensor) => {
      none.push(tf.zeros([t.shape[0]!, 1]));
      return none.at(-1)!;
    };
    const [vx, vc] = Array.isArray(validationData) ? validationData : [validationData];
    try {
      return await this.model.fit(this.inputs(x, condition), targets(x), {
        ...args,
        ...(vx && { validationData: [this.inputs(vx, vc), targets(vx)] as never }),
      });
    } finally {
      tf.dispose(none);
    }
  }

  /** Trains on a dataset of {xs, ys}: xs is x or [x, c], ys zeros of shape [batch, 1]. */
  fitDataset(
    dataset: Parameters<tfl.LayersModel['fitDataset']>[0],
    args: Parameters<tfl.LayersModel['fitDataset']>[1],
  ): Promise<tfl.History> {
    this.ready();
    return this.model.fitDataset(dataset, args);
  }

  /** The mean negative log-likelihood, in nats per sample. */
  async evaluate(x: tf.Tensor, options: Given & { batchSize?: number } = {}): Promise<number> {
    const { condition, ...args } = options;
    this.ready();
    const targets = tf.zeros([x.shape[0]!, 1]);
    const loss = this.model.evaluate(this.inputs(x, condition), targets, args) as tf.Scalar;
    const [value] = await loss.data();
    tf.dispose([loss, targets]);
    return value!;
  }

  /** log p(x | c) of each sample, [batch], in nats. */
  logProb(x: tf.Tensor, { condition }: Given = {}): tf.Tensor1D {
    return tf.tidy(() => {
      const { z, logDet } = this.forward(x, { condition });
      const c = this.conditionFor(x.shape[0]!, condition);
      return tf.add(this.head.base.logProb(z, this.head.named(), c), logDet) as tf.Tensor1D;
    });
  }

  /** Bits per number of each sample, [batch], of data that had so many levels and were scaled to [0, 1]. */
  bitsPerDim(x: tf.Tensor, { condition, levels = 256 }: Given & { levels?: number } = {}): tf.Tensor1D {
    const dims = this.shape.reduce((n, size) => n * size, 1);
    return tf.tidy(
      () => core.bitsPerDim(tf.neg(this.logProb(x, { condition })), dims, { levels }) as tf.Tensor1D,
    );
  }

  /** z = f(x; c) and log|det ∂f/∂x| of each sample. */
  forward(x: tf.Tensor, { condition }: Given = {}): { z: tf.Tensor; logDet: tf.Tensor } {
    return tf.tidy(() => {
      const c = this.conditionFor(x.shape[0]!, condition);
      const { y: z, logDet } = this.bijection.forward(x, this.layer.named(), c);
      return { z, logDet };
    });
  }

  /** x = f⁻¹(z; c) and the log-determinant of the inverse, of each sample. */
  inverse(z: tf.Tensor, { condition }: Given = {}): { x: tf.Tensor; logDet: tf.Tensor } {
    return tf.tidy(() => ({
      ...this.bijection.inverse(z, this.layer.named(), this.conditionFor(z.shape[0]!, condition)),
    }));
  }

  /** n samples, [n, …shape]. */
  sample(n: number, options: FlowSampleOptions = {}): tf.Tensor {
    return tf.tidy(() => {
      const c = this.conditionFor(n, options.condition);
      const z = this.sampleLatent(n, options);
      return this.bijection.inverse(z, this.layer.named(), c).x;
    });
  }

  /** n latents, drawn from the base. */
  sampleLatent(n: number, { seed = 0, temperature = 1, condition }: FlowSampleOptions = {}): tf.Tensor {
    return tf.tidy(() => {
      const c = this.conditionFor(n, condition);
      const w = this.head.named();
      return this.head.base.sample(n, this.latentShape, { seed, temperature, w, ...(c && { condition: c }) });
    });
  }

  /** The distribution of x given one condition, [1, …] or without the 1, which is kept until `dispose`. */
  posterior(condition: tf.Tensor): Posterior {
    const shape = this.conditionShape;
    const one = tf.tidy(() => {
      const c = shape && condition.rank === shape.length ? tf.expandDims(condition, 0) : tf.clone(condition);
      return tf.keep(this.conditionFor(1, c) ?? c);
    });
    const given = { condition: one };
    return {
      sample: (n, options = {}) => this.sample(n, { ...options, ...given }),
      logProb: (x) => this.logProb(x, given),
      moments: (n, options = {}) =>
        tf.tidy(() => {
          const { mean, variance } = tf.moments(this.sample(n, { ...options, ...given }), 0);
          return { mean, deviation: tf.sqrt(variance) };
        }),
      dispose: () => one.dispose(),
    };
  }

  /**
   * Saves as `model.save` does: to `file://folder` in Node, `indexeddb://name`, `localstorage://name` or `downloads://name` in
   * browsers, or to a handler. The flow can be loaded by `loadFlow`, or by tf.loadLayersModel.
   */
  save(to: Place): Promise<tf.io.SaveResult> {
    return this.model.save(saveHandler(to));
  }

  /** The weights, by name, those of the bijection under `flow/`, those of the base under `base/`. Not copies. */
  weights(): core.Weights {
    return {
      ...core.withPrefix('flow/', this.layer.named()),
      ...core.withPrefix('base/', this.head.named()),
    };
  }

  toString(): string {
    const { name } = this.bijection;
    const given = this.conditionShape ? ` given [${this.conditionShape.join(', ')}]` : '';
    return `Flow of ${name} on [${this.shape.join(', ')}]${given}, base ${this.head.base.name}, ${this.model.countParams()} weights`;
  }

  private ready(): void {
    if (!this.model.optimizer) this.compile({ optimizer: tf.train.adam(1e-3) });
  }

  private inputs(x: tf.Tensor, condition: tf.Tensor | undefined): tf.Tensor | tf.Tensor[] {
    const c = this.conditionFor(x.shape[0]!, condition);
    return c ? [x, c] : x;
  }

  /** The condition of each of n samples, checked. One for all is repeated. */
  conditionFor(n: number, condition: tf.Tensor | undefined): tf.Tensor | undefined {
    const wanted = this.conditionShape;
    const shape = condition?.shape;
    const fits = wanted
      ? shape && tf.util.arraysEqual(shape.slice(1), [...wanted]) && (shape[0] === n || shape[0] === 1)
      : !condition;
    if (!fits) {
      core.refuse(
        'flow',
        wanted ? `a condition [${n}, ${wanted.join(', ')}] or [1, ${wanted.join(', ')}]` : 'no condition',
        shape ? `one of shape [${shape.join(', ')}]` : 'none',
        wanted ? 'Give it as `condition`.' : 'Make the flow with the shape of a condition to have one.',
      );
    }
    if (!condition || condition.shape[0] === n) return condition;
    return tf.tile(condition, [n, ...wanted!.map(() => 1)]);
  }
}

/** The distribution of x under one condition. */
export interface Posterior {
  /** n samples, [n, …]. */
  sample(n: number, options?: Omit<FlowSampleOptions, 'condition'>): tf.Tensor;
  /** log p(x | c) of each x, [batch]. */
  logProb(x: tf.Tensor): tf.Tensor1D;
  /** Mean and deviation of n samples: an estimate, and a map of its uncertainty. */
  moments(
    n: number,
    options?: Omit<FlowSampleOptions, 'condition'>,
  ): { mean: tf.Tensor; deviation: tf.Tensor };
  /** Frees the condition. */
  dispose(): void;
}

/**
 * A normalizing flow of any bijection.
 *
 * ```ts
 * const moons = inn.flow({ bijection: inn.affineCoupling({ hidden: 16 }), shape: [2] });
 * await moons.fit(tf.randomNormal([64, 2]), { epochs: 2, verbose: 0 });
 * const density = moons.logProb(moons.sample(10, { seed: 1 })); // [10]
 * ```
 */
export function flow({ bijection, shape, condition, base, seed = 0 }: FlowOptions): Flow {
  const layer = bijection instanceof InvertibleLayer ? bijection : bijectionLayer(bijection, { seed });
  const x = tfl.input({ shape: [...shape] });
  const c = condition && tfl.input({ shape: [...condition] });
  const inputs = c ? [x, c] : x;
  const z = layer.apply(inputs) as tfl.SymbolicTensor;
  const head = new InvertibleLikelihood({ seed, ...(base && { base }) });
  const given = c && base?.kind === 'conditionalNormal' ? [z, c] : z;
  const outputs = head.apply(given) as tfl.SymbolicTensor;
  return new Flow(tfl.model({ inputs, outputs }));
}

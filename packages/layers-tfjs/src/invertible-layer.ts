import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { checkFinite } from './finite';
import { retentionReason, trackReaders } from './graph';
import { attachLogDet, fromSamePass, logDetOf } from './log-dets';

export type LayerArgs = ConstructorParameters<typeof tfl.layers.Layer>[0];

export interface InvertibleLayerArgs extends NonNullable<LayerArgs> {
  /** Seed of the initial weights. Default 0. */
  seed?: number;
  /** Apply the inverse map: forward and inverse swap, and it is trained in that direction. Default false. */
  inverse?: boolean;
  /** 'stored' lets tfjs differentiate `forward` and store every activation, for comparison. Default 'reversible'. */
  gradient?: 'reversible' | 'stored';
  /** Set by saving, for a layer that its first batch sets up: whether it has seen one. */
  initialized?: boolean;
  /** Set by saving, for a layer that is another map in training: how many steps it has made. */
  stepsMade?: number;
}

/** Somebody who looks at the layers of a model while it trains. */
export interface Observer {
  /** Gets every output of a training pass. */
  onOutput?(layer: InvertibleLayer, y: tf.Tensor): void;
  /** Looks at the input that the gradient rebuilds. */
  driftListener?(name: string): core.DriftListener;
  /** A pass has failed in a layer: nobody will say that it has ended. */
  onError(): void;
}

export type LayerShape = (number | null)[];

/** A bijection as a tf.layers layer. Subclasses say which bijection; all mathematics is in core. */
export abstract class InvertibleLayer extends tfl.layers.Layer {
  /** The bijection, before any reversal, for an input of this shape, the batch first. */
  protected abstract bijectionFor(shape: core.Shape): core.Bijection;
  protected readonly seed: number;
  protected readonly reversed: boolean;
  readonly gradient: 'reversible' | 'stored';
  /** Who looks on while the layer trains. */
  readonly observers = new Set<Observer>();
  private initialized: boolean | undefined;
  private stepsMade: number;
  private made: core.Bijection | undefined;
  private names: string[] = [];
  private start: object[] = [];

  constructor(args: InvertibleLayerArgs) {
    super(args);
    this.seed = args.seed ?? 0;
    this.reversed = args.inverse ?? false;
    this.gradient = args.gradient ?? 'reversible';
    this.initialized = args.initialized;
    this.stepsMade = args.stepsMade ?? 0;
  }

  /** The map from the layer's input to its output. Where the input shape decides it, known once the layer has been built. */
  get bijection(): core.Bijection {
    if (this.made) return this.made;
    return core.refuse(
      this.name,
      'a layer that has been built',
      'one whose input shape is not known yet',
      'Give it an inputShape, or add it to a model, first.',
    );
  }

  /** Settles which bijection it is, when that is known. */
  protected settle(b: core.Bijection): core.Bijection {
    this.made = this.reversed ? core.reverse(b) : b;
    return this.made;
  }

  /** The map for an input of this shape, which is settled from then on. */
  madeFor(shape: core.Shape): core.Bijection {
    return this.made ?? this.settle(this.bijectionFor(shape));
  }

  override build(inputShape: LayerShape | LayerShape[]): void {
    const [shape, condition] = listed(inputShape);
    const specs = this.madeFor(sizes(shape)).weights(sizes(shape), condition && sizes(condition));
    this.names = addWeights(this, specs, this.seed);
    this.start = this.dataIds();
    this.built = true;
  }

  /** Weights of this layer inside another one: with its seed, and frozen if it is. */
  own(specs: readonly core.WeightSpec[]): core.WeightSpec[] {
    return specs.map(({ initialize, trainable = true, ...spec }) => ({
      ...spec,
      initialize: (seed: number) => initialize(seed + this.seed),
      trainable: trainable && this.trainable,
    }));
  }

  /** The weights by name, as they are now. */
  named(): core.Weights {
    return valuesOf(this, this.names);
  }

  private dataIds(): object[] {
    return Object.values(this.named()).map((t) => t.dataId);
  }

  /** Sets weights by name. What the first batch would set up is settled by that. */
  set(values: core.Weights): void {
    const own = this.named();
    for (const [name, value] of Object.entries(values)) (own[name] as tf.Variable).assign(value);
    this.initialized = true;
  }

  /** True once the first batch, or a file, has set the weights: loading replaces their data. */
  private ready(): boolean {
    return this.initialized ?? this.dataIds().some((id, i) => id !== this.start[i]);
  }

  /** Sets the weights that the first training batch decides, such as those of ActNorm. */
  private setUp(x: tf.Tensor, condition: tf.Tensor | undefined): void {
    if (!this.bijection.initialize || this.ready()) return;
    core.noGrad(() =>
      tf.tidy(() => this.set(this.bijection.initialize!(x, this.named(), 'forward', condition))),
    );
  }

  /** The map of this step and its weights: in training some are the batch's own, and the running ones move. */
  private step(x: tf.Tensor, training: boolean): { bijection: core.Bijection; w: core.Weights } {
    const { bijection } = this;
    const w = this.named();
    if (!training || !bijection.training) return { bijection, w };
    const step = bijection.training(this.seed + 15_485_863 * this.stepsMade++);
    const statistics = core.noGrad(() => bijection.statistics?.(x, w));
    if (!statistics) return { bijection: step, w };
    core.noGrad(() => this.set(statistics.running));
    tf.dispose(statistics.running);
    return { bijection: step, w: { ...w, ...statistics.batch } };
  }

  /** x, or [x, condition]. */
  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    try {
      return this.map(inputs, kwargs);
    } catch (error) {
      // The pass ends here, and with it whatever waits for its end.
      for (const o of this.observers) o.onError();
      throw error;
    }
  }

  private map(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const [x, condition] = (Array.isArray(inputs) ? inputs : [inputs]) as [tf.Tensor, tf.Tensor?];
    const training = kwargs?.training === true;
    const before = logDetOf(x);
    if (!before) checkFinite(this.name, x);
    if (condition) checkFinite(`condition of ${this.name}`, condition);
    if (training) this.setUp(x, condition);
    const { bijection, w } = this.step(x, training);
    const alone = !fromSamePass(x, kwargs);
    const { y, logDet } = this.run(bijection, x, w, { condition, before, alone });
    if (training) for (const o of this.observers) core.noGrad(() => o.onOutput?.(this, y));
    return attachLogDet(y, logDet, kwargs);
  }

  private run(
    bijection: core.Bijection,
    x: tf.Tensor,
    w: core.Weights,
    { condition, before, alone }: { condition?: tf.Tensor; before?: tf.Tensor; alone: boolean },
  ): core.Applied {
    if (this.gradient === 'stored') {
      const { y, logDet } = bijection.forward(x, w, condition);
      return { y, logDet: before ? tf.add(before, logDet) : logDet };
    }
    const taped = tf.engine().state.gradientDepth > 0;
    const probe = [...this.observers].find((o) => o.driftListener);
    return core.reversible(bijection)(x, w, {
      ...(condition && { condition }),
      ...(before && { logDet: before }),
      ...(probe?.driftListener && { driftListener: probe.driftListener(this.name) }),
      consume: taped && !alone && retentionReason(this, isReversible) === null,
    });
  }

  override apply(
    inputs: Parameters<tfl.layers.Layer['apply']>[0],
    kwargs?: Parameters<tfl.layers.Layer['apply']>[1],
  ) {
    const output = super.apply(inputs, kwargs);
    if (output instanceof tfl.SymbolicTensor) trackReaders(output);
    return output;
  }

  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    const [shape] = listed(inputShape);
    const known = sizes(shape);
    return [shape[0] ?? null, ...this.madeFor(known).outputShape(known).slice(1)];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { seed, gradient, reversed: inverse } = this;
    const waits = this.made?.initialize !== undefined;
    return {
      ...super.getConfig(),
      seed,
      gradient,
      ...(inverse && { inverse }),
      ...(waits && this.built && { initialized: this.ready() }),
      ...(this.made?.training && { stepsMade: this.stepsMade }),
    };
  }
}

interface Adding {
  addWeight(
    ...args: [
      name: string,
      shape: number[],
      dtype: 'float32',
      from: unknown,
      regularizer: undefined,
      trainable: boolean,
    ]
  ): void;
}

export const isReversible = (layer: tfl.layers.Layer): boolean =>
  layer instanceof InvertibleLayer && layer.gradient === 'reversible';

/** Creates variables for weights, and says their names in the order in which the layer then lists them. */
export function addWeights(
  layer: tfl.layers.Layer,
  specs: readonly core.WeightSpec[],
  seed: number,
): string[] {
  specs.forEach(({ name, shape, initialize, trainable = true }, i) => {
    const from = new Initial(() => initialize(seed + 7919 * i));
    // Protected: tf.layers means it for subclasses, which the callers are.
    (layer as unknown as Adding).addWeight(name, [...shape], 'float32', from, undefined, trainable);
  });
  // tf.layers lists the weights that train before those that do not.
  const fixed = specs.filter(({ trainable = true }) => !trainable);
  return [...specs.filter((spec) => !fixed.includes(spec)), ...fixed].map(({ name }) => name);
}

/** The weights of a layer by name, as they are now. */
export const valuesOf = (layer: tfl.layers.Layer, names: readonly string[]): core.Weights =>
  Object.fromEntries(
    names.map((name, i) => [name, (layer.weights[i] as unknown as { read(): tf.Tensor }).read()]),
  );

/** The invertible layers of a model, those of models inside it too. */
export const invertibleLayers = (model: tfl.LayersModel): InvertibleLayer[] =>
  model.layers.flatMap((layer) => {
    if (layer instanceof InvertibleLayer) return [layer];
    return 'layers' in layer ? invertibleLayers(layer as tfl.LayersModel) : [];
  });

/** The shape of x and, given one, that of the condition. */
export const listed = (shape: LayerShape | LayerShape[]): [LayerShape, LayerShape?] =>
  (Array.isArray(shape[0]) ? shape : [shape]) as [LayerShape, LayerShape?];

/** tf.layers leaves the batch open; bijections count with numbers. */
export const sizes = (shape: LayerShape): number[] => shape.map((n, i) => n ?? (i === 0 ? 1 : Number.NaN));

/** The one member that tf.layers asks of an initialiser. */
class Initial {
  constructor(private readonly make: () => tf.Tensor) {}
  apply(): tf.Tensor {
    return this.make();
  }
}

import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { checkFinite } from './finite';
import { watch, whyKept } from './graph';
import { logDetOf, passOn } from './log-dets';

export type LayerArgs = ConstructorParameters<typeof tfl.layers.Layer>[0];

export interface InvertibleLayerArgs extends NonNullable<LayerArgs> {
  /** Seed of the initial weights. Default 0. */
  seed?: number;
  /** 'stored' lets tfjs differentiate `forward` and store every activation, for comparison. Default 'reversible'. */
  gradient?: 'reversible' | 'stored';
}

export type LayerShape = (number | null)[];

/** A bijection as a tf.layers layer. Subclasses say which bijection and how it is configured; all mathematics is in core. */
export abstract class InvertibleLayer extends tfl.layers.Layer {
  abstract readonly bijection: core.Bijection;
  protected readonly seed: number;
  readonly gradient: 'reversible' | 'stored';
  private names: string[] = [];

  constructor(args: InvertibleLayerArgs) {
    super(args);
    this.seed = args.seed ?? 0;
    this.gradient = args.gradient ?? 'reversible';
  }

  override build(inputShape: LayerShape | LayerShape[]): void {
    const [shape, condition] = listed(inputShape);
    const specs = this.bijection.weights(sizes(shape), condition && sizes(condition));
    this.names = specs.map(({ name }) => name);
    specs.forEach(({ name, shape, initialize }, i) => {
      const from = new Initial(() => initialize(this.seed + 7919 * i));
      this.addWeight(
        name,
        [...shape],
        'float32',
        from as unknown as Parameters<tfl.layers.Layer['addWeight']>[3],
      );
    });
    this.built = true;
  }

  /** The weights by name, as they are now. */
  named(): core.Weights {
    return Object.fromEntries(
      this.names.map((name, i) => [name, (this.weights[i] as unknown as { read(): tf.Tensor }).read()]),
    );
  }

  /** Called with every concrete input before the map; ActNorm sets itself here. */
  protected prepare(_x: tf.Tensor, _training: boolean): void {}

  /** x, or [x, condition]. */
  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const [x, condition] = (Array.isArray(inputs) ? inputs : [inputs]) as [tf.Tensor, tf.Tensor?];
    const before = logDetOf(x);
    if (!before) checkFinite(this.name, x);
    if (condition) checkFinite(`condition of ${this.name}`, condition);
    this.prepare(x, kwargs?.training === true);
    const w = this.named();
    if (this.gradient === 'stored') {
      const { y, logDet } = this.bijection.forward(x, w, condition);
      return passOn(y, before ? tf.add(before, logDet) : logDet);
    }
    const taped = tf.engine().state.gradientDepth > 0;
    const consume = taped && whyKept(this, isReversible) === null;
    const { y, logDet } = core.reversible(this.bijection)(x, w, {
      ...(condition && { condition }),
      ...(before && { logDet: before }),
      consume,
    });
    return passOn(y, logDet);
  }

  override apply(
    inputs: Parameters<tfl.layers.Layer['apply']>[0],
    kwargs?: Parameters<tfl.layers.Layer['apply']>[1],
  ) {
    const output = super.apply(inputs, kwargs);
    if (output instanceof tfl.SymbolicTensor) watch(output);
    return output;
  }

  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    const [shape] = listed(inputShape);
    return [shape[0] ?? null, ...this.bijection.outputShape(sizes(shape)).slice(1)];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), seed: this.seed, gradient: this.gradient };
  }
}

export const isReversible = (layer: tfl.layers.Layer): boolean =>
  layer instanceof InvertibleLayer && layer.gradient === 'reversible';

/** The shape of x and, given one, that of the condition. */
const listed = (shape: LayerShape | LayerShape[]): [LayerShape, LayerShape?] =>
  (Array.isArray(shape[0]) ? shape : [shape]) as [LayerShape, LayerShape?];

/** tf.layers leaves the batch open; bijections count with numbers. */
const sizes = (shape: LayerShape): number[] => shape.map((n, i) => n ?? (i === 0 ? 1 : Number.NaN));

/** The one member that tf.layers asks of an initialiser. */
class Initial {
  constructor(private readonly make: () => tf.Tensor) {}
  apply(): tf.Tensor {
    return this.make();
  }
}

import { checkLivingTensor, checkOptions, refuse, rules } from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { layersIn } from '../conditioner-models';
import { headRules, type LayerArgs } from '../layer-args';
import { register } from '../register';
import { revive, type SavedLayer, savedLayer } from '../saved-layer';
import { type LayerShape, oneOrAll } from '../shapes';
import { type Kwargs, RecomputedLayer } from './recomputed-layer';

type LayerVariables = tfl.layers.Layer['trainableWeights'];

export interface CheckpointArgs extends NonNullable<LayerArgs> {
  /** Layers that are applied one after the other. */
  layers?: readonly tfl.layers.Layer[];
  /** Or a model, of any inputs and outputs. */
  model?: tfl.LayersModel | SavedLayer;
}

const { holds } = rules.having('apply', 'getConfig');
const checkpointRules = {
  ...headRules,
  layers: rules.listOf({ expected: 'a layer of tf.layers', holds }),
  model: { ...rules.either({ expected: 'a tf.LayersModel', holds }, rules.optionsOf('model')) },
};

/**
 * A run of ordinary layers as one, which keeps its input only: the gradient evaluates the run again. Memory is that of the input,
 * and of all activations inside while the gradient of this layer is taken; time is that of one more evaluation.
 *
 * Dropout has the same masks both times, running statistics move once, and weights are trained, frozen, shared and saved as if the
 * layers stood there by themselves. Chen et al. 2016, arXiv:1604.06174.
 *
 * ```ts
 * const model = tfl.sequential();
 * for (let k = 0; k < 4; k++) {
 *   const conv = tfl.layers.conv2d({ filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' });
 *   const layers = [conv, tfl.layers.batchNormalization()];
 *   model.add(inn.checkpoint({ layers, ...(k === 0 && { inputShape: [8, 8, 3] }) }));
 * }
 * model.add(tfl.layers.flatten());
 * model.add(tfl.layers.dense({ units: 1 }));
 * ```
 */
export class InvertibleCheckpoint extends RecomputedLayer {
  static className = 'InvertibleCheckpoint';
  private readonly layers: readonly tfl.layers.Layer[];
  private model: tfl.LayersModel | undefined;

  constructor(args: CheckpointArgs = {}) {
    checkOptions('checkpoint', args, checkpointRules);
    const { layers = [], model, trainable, ...own } = args;
    super(own);
    if ((layers.length === 0) === (model === undefined)) {
      const got = model ? 'both' : 'neither';
      refuse(
        'checkpoint',
        '`layers` or a `model`',
        got,
        'As in inn.checkpoint({ layers: [tf.layers.dense({ units: 8 })] }).',
      );
    }
    this.layers = layers;
    const revived = model && (model instanceof tfl.LayersModel ? model : revive('checkpoint', model));
    if (revived instanceof tfl.LayersModel) this.model = revived;
    if (trainable === false) this.trainable = false;
    for (const layer of this.inside()) checkStateless(layer);
  }

  /** What is inside, by the name that wrappers of tf.layers have for it. */
  get layer(): tfl.LayersModel | undefined {
    return this.model;
  }

  override apply(...args: Parameters<tfl.layers.Layer['apply']>): ReturnType<tfl.layers.Layer['apply']> {
    const given = [args[0]].flat();
    for (const t of given)
      if (!(t instanceof tfl.SymbolicTensor)) checkLivingTensor(this.name, 'each input', t);
    // Before tf.layers puts this layer's name in front of those of all weights that are made: a loaded model would not have it there.
    this.model ??= this.chained(given);
    return super.apply(...args);
  }

  private chained(given: readonly { shape: LayerShape }[]): tfl.LayersModel {
    const inputs = given.map(({ shape: [, ...shape] }) => tfl.input({ batchShape: [null, ...shape] }));
    type Symbolic = tfl.SymbolicTensor | tfl.SymbolicTensor[];
    const end = this.layers.reduce<Symbolic>((t, layer) => layer.apply(t) as Symbolic, oneOrAll(inputs));
    return tfl.model({ inputs, outputs: end, name: `${this.name}_inside` });
  }

  protected override inside(): tfl.layers.Layer[] {
    return this.model ? [this.model, ...layersIn(this.model)] : [...this.layers];
  }

  protected override run(inputs: tf.Tensor[], kwargs: Kwargs): tf.Tensor[] {
    return [this.made().apply(inputs, kwargs) as tf.Tensor | tf.Tensor[]].flat();
  }

  private made(): tfl.LayersModel {
    const remedy = 'Add it to a model, or give it an inputShape.';
    return this.model ?? refuse(this.name, 'a layer that has been built', 'one without a shape', remedy);
  }

  override computeOutputShape(shape: LayerShape | LayerShape[]): LayerShape | LayerShape[] {
    return this.made().computeOutputShape(shape);
  }

  override get trainable(): boolean {
    return this.model?.trainable ?? super.trainable;
  }
  override set trainable(value: boolean) {
    super.trainable = value;
    if (this.model) this.model.trainable = value;
  }

  override get trainableWeights(): LayerVariables {
    return this.model?.trainableWeights ?? [];
  }
  override get nonTrainableWeights(): LayerVariables {
    return this.model?.nonTrainableWeights ?? [];
  }

  override calculateLosses(): tf.Scalar[] {
    return this.made().calculateLosses();
  }

  protected override disposeWeights(): number {
    return this.made().dispose().numDisposedVariables;
  }

  override getConfig(): tf.serialization.ConfigDict {
    // Plain data, whose type tfjs does not take for a config.
    return { ...super.getConfig(), model: savedLayer(this.made()) as never };
  }
}
register(InvertibleCheckpoint);

/** What a layer remembers from one batch to the next would move twice. */
function checkStateless({ name, stateful }: tfl.layers.Layer): void {
  if (!stateful) return;
  refuse('checkpoint', 'layers without a state', `"${name}", which is stateful`, 'Leave it outside.');
}

/** Factory of {@link InvertibleCheckpoint}. */
export const checkpoint = (args?: CheckpointArgs): InvertibleCheckpoint => new InvertibleCheckpoint(args);

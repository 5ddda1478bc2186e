import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { layersModel } from './check';
import { checkModel, freeWeights, keyOf, layersIn, type Seeded } from './conditioner-models';
import { revive, type SavedLayer, savedLayer } from './saved-layer';
import { holdStill, type Variable, variablesOf } from './tfjs-internals';

/**
 * Makes the network inside a coupling: a model from [batch, …shape] (and, given a condition, [x, condition]) to
 * [batch, …spatial, out]. Shapes are without the batch. A last layer that starts at zero makes a fresh coupling the identity. It
 * is called once for each combination of shapes: couplings of one network that share them start with the same numbers. The model
 * belongs to the layer, which takes its weights over: without regularizers, since no loss would count them.
 */
export type ModelFactory = (
  shape: number[],
  out: number,
  condition?: number[],
) => tfl.LayersModel | tfl.Sequential;

/** The models of a layer as its config carries them, by the shapes that they are for. */
export interface ModelConfig {
  models: Record<string, SavedLayer>;
}

interface Mode {
  /** Seed of the dropout masks of a training step; without one it is inference. */
  seed?: number;
  /** Whether running statistics move: once in a training step, not when it is evaluated again. */
  update?: boolean;
}

/**
 * Any tf.LayersModel as a conditioner over explicit weights; its pullback runs on a nested tape. In training it is evaluated
 * again by the pullback with the same dropout masks, while the running statistics of batch normalisation stay.
 */
export class ModelConditioner {
  private readonly models = new Map<string, tfl.LayersModel>();
  /** The holder has weights of its own: the models are only what is applied to them. */
  private bare = false;
  readonly conditioner: core.Network;

  /** Whether a layer's `conditioner` option is for this class: the others are core's. */
  static takes(conditioner: unknown): conditioner is ModelFactory | ModelConfig {
    return (
      typeof conditioner === 'function' ||
      (typeof conditioner === 'object' && conditioner !== null && 'models' in conditioner)
    );
  }

  constructor(private readonly source: ModelFactory | ModelConfig) {
    const taped = (mode: Mode): core.Network =>
      core.taped({
        weights: (shape, out, condition) => this.weights(shape, out, condition),
        forward: (x, w, c) => this.apply(x, w, c, mode),
      });
    this.conditioner = {
      ...taped({}),
      training: (seed) => ({
        ...taped({ seed }),
        forward: (x, w, c) => this.apply(x, w, c, { seed, update: true }),
      }),
    };
  }

  getConfig(): ModelConfig {
    if (typeof this.source !== 'function') return this.source;
    if (this.models.size === 0) {
      core.refuse(
        'conditioner',
        'a layer that has been built',
        'a factory that has not been called yet',
        'Give the layer an input shape, or apply it, before its config is asked for.',
      );
    }
    return { models: Object.fromEntries([...this.models].map(([key, model]) => [key, savedLayer(model)])) };
  }

  /** Frees the weights that the models were made with, once a layer has copies; a model that is made later has none either. */
  release(): void {
    this.bare = true;
    for (const model of this.models.values()) freeWeights(model);
  }

  private weights(shape: core.Shape, out: number, condition?: core.Shape): core.WeightSpec[] {
    const key = keyOf(shape, condition, out);
    const given = [shape.slice(1), out, condition?.slice(1)] as const;
    const model = this.models.get(key) ?? this.build(key, ...given);
    try {
      checkModel(model, [...shape.slice(1, -1), out]);
    } catch (error) {
      freeWeights(model);
      throw error;
    }
    this.models.set(key, model);
    if (this.bare) freeWeights(model);
    return variablesOf(model).map((weight, i) => ({
      name: `net${i}`,
      shape: weight.val.shape,
      initialize: () => this.initial(weight, i, () => this.build(key, ...given)),
      trainable: weight.trainable,
      positive: weight.originalName.includes('variance'),
    }));
  }

  /** The initial value of a model's i-th weight; where it has been freed, that of a model made for it. */
  private initial(weight: Variable, i: number, build: () => tfl.LayersModel): tf.Tensor {
    if (!weight.val.isDisposed) return tf.clone(weight.read());
    const again = build();
    const [value = tf.scalar(Number.NaN)] = variablesOf(again)
      .slice(i, i + 1)
      .map(({ val }) => tf.clone(val));
    freeWeights(again);
    return value;
  }

  private build(key: string, shape: number[], out: number, condition?: number[]): tfl.LayersModel {
    const { source } = this;
    if (typeof source === 'function') {
      const model: unknown = source(shape, out, condition);
      core.rules.checkValue('conditioner', 'what the factory makes', model, layersModel);
      return model as tfl.LayersModel;
    }
    const saved = Object.hasOwn(source.models, key) ? source.models[key]! : undefined;
    if (!saved)
      return core.refuse(
        'conditioner',
        `a model for ${key}`,
        Object.keys(source.models).join('; '),
        'Load it for the shapes it was saved with.',
      );
    const model = revive('conditioner', saved);
    core.rules.checkValue('conditioner', 'what was saved', model, layersModel);
    return model as tfl.LayersModel;
  }

  /** The model's own variables make way for the given weights while it is applied. */
  private apply(x: tf.Tensor, w: core.Weights, c: tf.Tensor | undefined, { seed, update }: Mode): tf.Tensor {
    const model = this.modelFor(x, w, c);
    const variables = variablesOf(model);
    const own = variables.map(({ val }) => val);
    const dropouts = layersIn(model).filter((layer): layer is Seeded => /Dropout/.test(layer.getClassName()));
    const seeds = dropouts.map((layer) => layer.seed);
    variables.forEach((v, i) => {
      v.val = w[`net${i}`]!;
    });
    const release = holdStill(variables.filter(({ val }) => !update || !(val instanceof tf.Variable)));
    try {
      dropouts.forEach((layer, i) => {
        layer.seed = (seed ?? 0) + 7919 * i + 0.5;
      });
      return model.apply(c ? [x, c] : x, { training: seed !== undefined }) as tf.Tensor;
    } finally {
      release();
      variables.forEach((v, i) => {
        v.val = own[i]!;
      });
      dropouts.forEach((layer, i) => {
        layer.seed = seeds[i];
      });
    }
  }

  /** The model for these shapes; how much it puts out, the weights tell. */
  private modelFor(x: tf.Tensor, w: core.Weights, c: tf.Tensor | undefined): tfl.LayersModel {
    const fits = (model: tfl.LayersModel) =>
      variablesOf(model).every(({ val }, i) => tf.util.arraysEqual(val.shape, w[`net${i}`]?.shape ?? []));
    const prefix = keyOf(x.shape, c?.shape);
    const found = [...this.models].find(([key, model]) => key.startsWith(prefix) && fits(model));
    if (found) return found[1];
    core.refuse(
      'conditioner',
      `inputs for one of ${[...this.models.keys()].join('; ')}`,
      prefix,
      'Apply the layer to the shapes that it was built for.',
    );
  }
}

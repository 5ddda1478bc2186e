import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { variablesOf } from './tfjs-internals';

/**
 * Makes the network inside a coupling: a model from [batch, …shape] (and, given a condition, [x, condition]) to
 * [batch, …spatial, out]. Shapes are without the batch. A last layer that starts at zero makes a fresh coupling the identity. It
 * is called once for each combination of shapes: couplings of one network that share them start with the same numbers.
 */
export type ModelFactory = (
  shape: number[],
  out: number,
  condition?: number[],
) => tfl.LayersModel | tfl.Sequential;

interface SavedModel {
  className: string;
  config: tf.serialization.ConfigDict;
}

/** The models of a layer as its config carries them, by the shapes that they are for. */
export interface ModelConfig {
  models: Record<string, SavedModel>;
}

/** Layers that draw random numbers without a seed of their own, so that nobody can draw them again. */
const unrepeatable = /GaussianNoise|GaussianDropout|AlphaDropout/;

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
    const saved = (model: tfl.LayersModel): SavedModel => ({
      className: model.getClassName(),
      config: model.getConfig() as tf.serialization.ConfigDict,
    });
    return { models: Object.fromEntries([...this.models].map(([key, model]) => [key, saved(model)])) };
  }

  private weights(shape: core.Shape, out: number, condition?: core.Shape): core.WeightSpec[] {
    const key = keyOf(shape, condition, out);
    const model = this.models.get(key) ?? this.build(key, shape.slice(1), out, condition?.slice(1));
    const wrong = (expected: string, got: string): never =>
      core.refuse(`conditioner "${model.name}"`, expected, got, 'Change the model that the factory makes.');
    const made = model.outputs[0]!.shape.slice(1);
    const wanted = [...shape.slice(1, -1), out];
    if (made.length !== wanted.length || made.some((n, i) => n !== wanted[i])) {
      wrong(`an output [batch, ${wanted.join(', ')}]`, `[batch, ${made.join(', ')}]`);
    }
    const bad = layersIn(model).find(
      (layer) => unrepeatable.test(layer.getClassName()) || recurrentDropout(layer),
    );
    if (bad) wrong('layers that can be evaluated again alike', `"${bad.name}" (${bad.getClassName()})`);
    this.models.set(key, model);
    return variablesOf(model).map((weight, i) => ({
      name: `net${i}`,
      shape: weight.val.shape,
      initialize: () => tf.clone(weight.read()),
      trainable: weight.trainable,
      positive: weight.originalName.includes('variance'),
    }));
  }

  private build(key: string, shape: number[], out: number, condition?: number[]): tfl.LayersModel {
    const { source } = this;
    if (typeof source === 'function') return source(shape, out, condition);
    const saved = Object.hasOwn(source.models, key) ? source.models[key]! : undefined;
    if (!saved)
      return core.refuse(
        'conditioner',
        `a model for ${key}`,
        Object.keys(source.models).join('; '),
        'Load it for the shapes it was saved with.',
      );
    const entry = tf.serialization.SerializationMap.getMap().classNameMap[saved.className];
    if (!entry) {
      return core.refuse(
        'conditioner',
        'a model of a registered class',
        saved.className,
        'Register it with tf.serialization.registerClass before loading.',
      );
    }
    // A copy: tfjs takes the layers out of the config of a Sequential.
    const config = JSON.parse(JSON.stringify(saved.config)) as tf.serialization.ConfigDict;
    return entry[1](entry[0], config) as tfl.LayersModel;
  }

  /** The model's own variables make way for the given weights while it is applied. */
  private apply(x: tf.Tensor, w: core.Weights, c: tf.Tensor | undefined, { seed, update }: Mode): tf.Tensor {
    const model = this.modelFor(x, w, c);
    const variables = variablesOf(model);
    const own = variables.map(({ val }) => val);
    const dropouts = layersIn(model).filter((layer): layer is Seeded => /Dropout/.test(layer.getClassName()));
    const seeds = dropouts.map((layer) => layer.seed);
    try {
      variables.forEach((v, i) => {
        v.val = w[`net${i}`]!;
        if (!update || !(v.val instanceof tf.Variable)) v.write = () => v;
      });
      dropouts.forEach((layer, i) => {
        layer.seed = (seed ?? 0) + 7919 * i + 0.5;
      });
      return model.apply(c ? [x, c] : x, { training: seed !== undefined }) as tf.Tensor;
    } finally {
      variables.forEach((v, i) => {
        v.val = own[i]!;
        delete v.write;
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

/** All layers of a model, those of models inside it and of wrappers too. */
const layersIn = (model: tfl.LayersModel): tfl.layers.Layer[] => model.layers.flatMap(withInner);

function withInner(layer: tfl.layers.Layer): tfl.layers.Layer[] {
  const { layers = [], layer: wrapped } = layer as { layers?: tfl.layers.Layer[]; layer?: tfl.layers.Layer };
  return [layer, ...layers.flatMap(withInner), ...(wrapped ? withInner(wrapped) : [])];
}

type Seeded = tfl.layers.Layer & { seed?: number | undefined };

/** Names the shapes that a model is for: those of its inputs, and how many channels it puts out. */
const keyOf = (shape: core.Shape, condition?: core.Shape, out?: number): string =>
  `${[shape, ...(condition ? [condition] : [])].map((s) => s.slice(1).join('×')).join(' & ')} → ${out ?? ''}`;

const recurrentDropout = (layer: tfl.layers.Layer): boolean => {
  // tf.layers names them for its own recurrent layers alone.
  const { dropout, recurrentDropout } = layer as unknown as Record<string, unknown>;
  return Boolean(dropout) || Boolean(recurrentDropout);
};

import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/**
 * Makes the network inside a coupling: a model from [batch, …shape] (and, given a condition, [x, condition]) to
 * [batch, …spatial, out]. Shapes are without the batch. A last layer that starts at zero makes a fresh coupling the identity.
 */
export type ModelFactory = (
  shape: number[],
  out: number,
  condition?: number[],
) => tfl.LayersModel | tfl.Sequential;

/** A model as a coupling's config carries it. */
export interface ModelConfig {
  className: string;
  config: tf.serialization.ConfigDict;
}

/** Layers whose second evaluation differs from the first, or that write their own weights. */
const unrepeatable = /Dropout|BatchNormalization|GaussianNoise/;

/** Any tf.LayersModel as a conditioner over explicit weights; its pullback runs on a nested tape. */
export class ModelConditioner {
  private model: tfl.LayersModel | undefined;
  readonly conditioner: core.Conditioner;

  constructor(private readonly make: ModelFactory | ModelConfig) {
    this.conditioner = core.taped({
      weights: (shape, out, condition) => this.weights(shape, out, condition),
      forward: (x, w, c) => this.apply(x, w, c),
    });
  }

  getConfig(): ModelConfig {
    if (typeof this.make !== 'function') return this.make;
    if (!this.model) {
      throw new core.InvertibleError({
        where: 'conditioner',
        expected: 'a layer that has been built',
        came: 'a factory that has not been called yet',
        remedy: 'Give the layer an input shape, or apply it, before its config is asked for.',
      });
    }
    return {
      className: this.model.getClassName(),
      config: this.model.getConfig() as tf.serialization.ConfigDict,
    };
  }

  private weights(shape: core.Shape, out: number, condition?: core.Shape): core.WeightSpec[] {
    const model = this.build(shape.slice(1), out, condition?.slice(1));
    const wrong = (expected: string, came: string) =>
      new core.InvertibleError({
        where: `conditioner "${model.name}"`,
        expected,
        came,
        remedy: 'Change the model that the factory makes.',
      });
    const made = model.outputs[0]!.shape.slice(1);
    const wanted = [...shape.slice(1, -1), out];
    if (made.length !== wanted.length || made.some((n, i) => n !== wanted[i])) {
      throw wrong(`an output [batch, ${wanted.join(', ')}]`, `[batch, ${made.join(', ')}]`);
    }
    const bad = model.layers.find((layer) => unrepeatable.test(layer.getClassName()));
    if (bad) throw wrong('layers that give the same output twice', `"${bad.name}" (${bad.getClassName()})`);
    this.model = model;
    return model.weights.map((weight, i) => ({
      name: `net${i}`,
      shape: weight.shape as number[],
      initialize: () => tf.clone(weight.read()),
    }));
  }

  private build(shape: number[], out: number, condition?: number[]): tfl.LayersModel {
    if (typeof this.make === 'function') return this.make(shape, out, condition);
    const { className, config } = this.make;
    const entry = tf.serialization.SerializationMap.getMap().classNameMap[className];
    if (entry) return entry[1](entry[0], config) as tfl.LayersModel;
    throw new core.InvertibleError({
      where: 'conditioner',
      expected: 'a model of a registered class',
      came: className,
      remedy: 'Register it with tf.serialization.registerClass before loading.',
    });
  }

  /** The model's own variables make way for the given weights while it is applied. */
  private apply(x: tf.Tensor, w: core.Weights, c?: tf.Tensor): tf.Tensor {
    const variables = this.model!.weights as unknown as { val: tf.Tensor }[];
    const own = variables.map(({ val }) => val);
    const swap = (to: (i: number) => tf.Tensor) => {
      variables.forEach((v, i) => {
        v.val = to(i);
      });
    };
    try {
      swap((i) => w[`net${i}`]!);
      return this.model!.apply(c ? [x, c] : x) as tf.Tensor;
    } finally {
      swap((i) => own[i]!);
    }
  }
}

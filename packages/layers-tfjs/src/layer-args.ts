import { type Rules, rules } from '@invertible/core';
import type * as tfl from '@tensorflow/tfjs-layers';
import type { FirstBatchState } from './first-batch';

export type LayerArgs = ConstructorParameters<typeof tfl.layers.Layer>[0];

export interface InvertibleLayerArgs extends NonNullable<LayerArgs> {
  /** Seed of the initial weights. Default 0. */
  seed?: number;
  /** Apply the inverse map: forward and inverse swap, and it is trained in that direction. Default false. */
  inverse?: boolean;
  /**
   * 'reversible' rebuilds the input from the output; 'recomputed' keeps the input, and evaluates the layer again; 'stored' lets tfjs
   * differentiate `forward` and store every activation. Default 'reversible'.
   */
  gradient?: 'reversible' | 'recomputed' | 'stored';
  /** Set by saving: whether the layer has seen the batch that sets it up, or which weights were set by hand before. */
  initialized?: FirstBatchState;
  /** Set by saving, for a layer that is another map in training: how many steps it has made. */
  stepsMade?: number;
}

/** What configs of tf.layers carry besides. */
interface Saved {
  updatable?: boolean;
  customObjects?: object;
}

const { either, flag, listOf, oneOf, seed, whole } = rules;
/** What tf.layers checks by itself, or sets. */
const any = { expected: 'anything', holds: () => true };
const text = { expected: 'a text', holds: (value: unknown) => typeof value === 'string' };
const shape = listOf({
  expected: 'a whole number above 0, or null where it is not known',
  holds: (n) => n === null || whole(1, 2 ** 31).holds(n),
});

/** Rules of the arguments of any layer of tf.layers, and of a seed. */
export const headRules = {
  name: text,
  trainable: flag,
  dtype: oneOf('float32'),
  inputShape: shape,
  batchInputShape: any,
  batchSize: any,
  weights: any,
  updatable: any,
  inputDType: any,
  customObjects: any,
  seed,
};

/** A rule for every argument that each layer takes, besides the options of its bijection. */
export const layerRules: Rules<InvertibleLayerArgs & Saved> = {
  ...headRules,
  inverse: flag,
  gradient: oneOf('reversible', 'recomputed', 'stored'),
  initialized: either(flag, listOf(text)),
  stepsMade: whole(0, 2 ** 53),
};

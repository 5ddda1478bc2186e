import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/** A condition: one for each sample, or one for all. */
export interface Given {
  condition?: tf.Tensor | undefined;
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

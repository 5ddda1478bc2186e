import * as tf from '@tensorflow/tfjs-core';

/** Whether the gradients of tfjs are registered. In Node, tfjs-core alone registers none: tfjs-layers does. */
export const hasStockGradients = (): boolean => tf.getGradient('Add') !== undefined;

import * as tf from '@tensorflow/tfjs-core';
import { checkValue, whole } from '../options';
import { joinChannels } from '../tensors/channels';

/**
 * A tensor twice in the channels, [x, x]: the pair of states that a hyperbolic network starts from, a wave at rest.
 *
 * An embedding, not a bijection. x: [batch, …spatial, channels] → [batch, …spatial, 2·channels].
 */
export const pairOfStates = (x: tf.Tensor): tf.Tensor => tf.tidy(() => joinChannels([x, x]));

/**
 * An image with empty channels behind it, [η | 0]: the start of an i-RIM.
 *
 * An embedding, not a bijection. η: [batch, …spatial, channels] → [batch, …spatial, channels + memory].
 */
export function withMemory(eta: tf.Tensor, memory: number): tf.Tensor {
  checkValue('withMemory', 'memory', memory, whole());
  return tf.tidy(() => joinChannels([eta, tf.zeros([...eta.shape.slice(0, -1), memory])]));
}

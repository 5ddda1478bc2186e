import * as tf from '@tensorflow/tfjs-core';
import { checkShape, checkTensor } from '../check';
import { checkValue, required, whole } from '../options';
import { joinChannels } from '../tensors/channels';

/**
 * A tensor twice in the channels, [x, x]: the pair of states that a hyperbolic network starts from, a wave at rest.
 *
 * An embedding, not a bijection. x: [batch, …spatial, channels] → [batch, …spatial, 2·channels].
 */
export function pairOfStates(x: tf.Tensor): tf.Tensor {
  checkInput('pairOfStates', x);
  return tf.tidy(() => joinChannels([x, x]));
}

/**
 * An image with empty channels behind it, [η | 0]: the start of an i-RIM.
 *
 * An embedding, not a bijection. η: [batch, …spatial, channels] → [batch, …spatial, channels + memory].
 */
export function withMemory(eta: tf.Tensor, memory: number): tf.Tensor {
  checkInput('withMemory', eta);
  checkValue('withMemory', 'memory', memory, required(whole()));
  return tf.tidy(() => joinChannels([eta, tf.zeros([...eta.shape.slice(0, -1), memory])]));
}

function checkInput(where: string, t: tf.Tensor): void {
  checkTensor(where, 'the input', t);
  checkShape(where, t.shape);
}

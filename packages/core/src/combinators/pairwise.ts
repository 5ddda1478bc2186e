import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, channels, type Shape } from '../bijection';
import { isometry } from '../engines/isometry';
import { joinChannels, splitChannels } from '../tensors/channels';

/** An isometry without weights on each of the two halves of the channels, as of a pair of states: one after the other in the batch. */
export function pairwise(b: Bijection): Bijection {
  const halved = (shape: Shape) => [...shape.slice(0, -1), channels(shape) / 2];
  const doubled = (shape: Shape) => [...shape.slice(0, -1), channels(shape) * 2];
  const each = (t: tf.Tensor, f: (t: tf.Tensor) => tf.Tensor) => {
    const n = channels(t.shape) / 2;
    const both = f(tf.concat(splitChannels(t, [n, n]), 0));
    return joinChannels(tf.split(both, 2, 0));
  };
  return isometry(`pairwise(${b.name})`, {
    outputShape: (shape) => doubled(b.outputShape(halved(shape))),
    inputShape: (shape) => doubled(b.inputShape(halved(shape))),
    apply: (x) => each(x, (t) => b.forward(t, {}).y),
    undo: (y) => each(y, (t) => b.inverse(t, {}).x),
  });
}

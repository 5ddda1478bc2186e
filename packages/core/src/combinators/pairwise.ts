import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Shape } from '../bijection';
import { checkBijection } from '../check';
import { bodyOf, checked } from '../edge';
import { isometry } from '../engines/isometry';
import { refuse, show } from '../errors';
import { channels, halves, joinChannels, withChannels } from '../tensors/channels';

const doubled = (shape: Shape) => withChannels(shape, channels(shape) * 2);

/** An isometry without weights on each of the two halves of the channels, as of a pair of states: one after the other in the batch. */
export function pairwise(b: Bijection): Bijection {
  checkBijection('pairwise', b);
  const name = `pairwise(${b.name})`;
  const body = bodyOf(b);
  const halved = (shape: Shape) => {
    if (channels(shape) % 2 === 0) return withChannels(shape, channels(shape) / 2);
    return refuse(name, 'an even number of channels', `shape ${show(shape)}`, 'Give a pair of states.');
  };
  const each = (t: tf.Tensor, f: (t: tf.Tensor) => tf.Tensor) => {
    return joinChannels(tf.split(f(tf.concat(halves(t), 0)), 2, 0));
  };
  return checked(
    isometry(name, {
      outputShape: (shape) => doubled(body.outputShape(halved(shape))),
      inputShape: (shape) => doubled(body.inputShape(halved(shape))),
      apply: (x) => each(x, (t) => body.forward(t, {}).y),
      undo: (y) => each(y, (t) => body.inverse(t, {}).x),
    }),
    { print: () => `pairwise(${b})` },
  );
}

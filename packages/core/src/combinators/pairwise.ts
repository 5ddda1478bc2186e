import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, complete, type OneWay, type Shape } from '../bijection';
import { checkBijection } from '../check';
import { backwards, bothWays } from '../directions';
import { bodyOf, checked } from '../edge';
import { refuse, show } from '../errors';
import { channels, halves, joinChannels, withChannels, zeroPerSample } from '../tensors/channels';

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
  /** Both halves, one after the other in the batch, and back beside each other. */
  const stacked = (t: tf.Tensor) => tf.concat(halves(t), 0);
  const beside = (t: tf.Tensor) => joinChannels(tf.split(t, 2, 0));
  const each = (way: OneWay, outputShape: OneWay['outputShape']): OneWay => ({
    outputShape,
    forward: (x) => ({ y: beside(way.forward(stacked(x), {}).y), logDet: zeroPerSample(x) }),
    pullback(y, dy) {
      const both = stacked(y);
      const { x, dx } = way.pullback(both, stacked(dy), zeroPerSample(both), {});
      return { x: beside(x), dx: beside(dx), dw: {} };
    },
    pushforward(x, dx) {
      const { y, dy } = way.pushforward(stacked(x), stacked(dx), {}, {});
      return { y: beside(y), dy: beside(dy), logDet: zeroPerSample(x), dLogDet: zeroPerSample(x) };
    },
  });
  return checked(
    complete({
      name,
      ...bothWays(
        each(body, (shape) => doubled(body.outputShape(halved(shape)))),
        each(backwards(body), (shape) => doubled(body.inputShape(halved(shape)))),
      ),
    }),
    { print: () => `pairwise(${b})` },
  );
}

import type * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Shape } from '../bijection';
import { channels, halves, joinChannels, withChannels } from '../tensors/channels';
import { parting, type SplitOptions } from './split';
import { throughDivision } from './through-division';

const doubled = (shape: Shape) => withChannels(shape, 2 * channels(shape));
const halved = (shape: Shape) => withChannels(shape, channels(shape) / 2);

/**
 * A split of each of two lanes, [x | y] in the channels. `shape` and `keep` are those of one lane.
 *
 *     (x, y) ↦ [flatten z_x, flatten x₂ | flatten z_y, flatten y₂],   (z_x, z_y) = b(x₁, y₁)
 */
export function pairSplit(options: SplitOptions, b: Bijection): Bijection {
  const lane = parting(options, (part) => halved(b.outputShape([1, ...doubled(part)])).slice(1));
  const both =
    (cutLane: typeof lane.cutInput) =>
    (t: tf.Tensor): [tf.Tensor, tf.Tensor] => {
      const [x, y] = halves(t);
      const [[x1, x2], [y1, y2]] = [cutLane(x), cutLane(y)];
      return [joinChannels([x1, y1]), joinChannels([x2, y2])];
    };
  const back = (joinLane: typeof lane.joinInput) => (part: tf.Tensor, rest: tf.Tensor) => {
    const [[x1, y1], [x2, y2]] = [halves(part), halves(rest)];
    return joinChannels([joinLane(x1, x2), joinLane(y1, y2)]);
  };
  return throughDivision(`pairSplit(${b.name})`, b, {
    shapes(given) {
      const { part, output } = lane.shapes(halved(given));
      return { part: doubled(part), output: doubled(output) };
    },
    inputShape: (given) => doubled(lane.inputShape(halved(given))),
    cutInput: both(lane.cutInput),
    joinInput: back(lane.joinInput),
    cutOutput: both(lane.cutOutput),
    joinOutput: back(lane.joinOutput),
  });
}

import type * as tf from '@tensorflow/tfjs-core';
import type { Weights } from '../bijection';
import { checkCondition, checkTensor, checkWeights } from '../check';
import { refuse, show } from '../errors';
import { channels } from '../tensors/channels';
import { tidy } from '../tidy';
import { type ConvolutionOptions, convolution } from './blocks/convolution';
import { checkSizes } from './check';
import { type Network, network } from './network';
import { joined } from './readers/joined';

export interface NetworkSetting {
  /** The first convolution reads patches of so many pixels along each axis. Default 1. */
  stride?: number;
  /** What must divide the spatial sizes. Default: the stride. */
  multiple?: number;
  /** Default: the condition is joined to the channels of x. */
  reader?: Network;
}

/** A convolution whose weights are numbered: W₁, b₁, W₂, … in the order of the calls. */
export type Numbered = (options: Omit<ConvolutionOptions, 'name'>) => Network;

/** A conditioner from a block: h = block(reader(x, c)). */
export function assembled(
  where: string,
  build: (convolution: Numbered) => Network,
  { stride = 1, multiple = stride, reader = joined }: NetworkSetting = {},
): Network {
  let count = 0;
  const block = build((options) => convolution({ ...options, name: String(++count) }));
  /** Refuses x and c that the first weights were not made for: how much the network puts out, only they can tell. */
  const checkRead = (x: tf.Tensor, w: Weights, c: tf.Tensor | undefined) => {
    checkTensor(where, 'x', x);
    if (c !== undefined) checkCondition(where, c, x);
    checkSizes(where, x.shape, multiple);
    checkWeights(where, reader.weights(x.shape, 0, c?.shape), w);
    const given = channels(reader.outputShape(x.shape, 0, c?.shape)) * stride ** (x.rank - 2);
    const wanted = w.W1?.shape.at(-2) ?? given;
    if (given === wanted) return;
    const got = `${given}, x of shape ${show(x.shape)} and ${c ? `a condition of ${show(c.shape)}` : 'no condition'}`;
    refuse(where, `${wanted} channels to read, as many as W1 has`, got, 'Make the weights for these shapes.');
  };
  return network({
    reads: { x: true, h: block.reads.h },
    outputShape: (shape, out, condition) => block.outputShape(reader.outputShape(shape, out, condition), out),
    weights(shape, out, condition) {
      checkSizes(where, shape, multiple);
      return [
        ...reader.weights(shape, out, condition),
        ...block.weights(reader.outputShape(shape, out, condition), out),
      ];
    },
    forward(x, w, c) {
      checkRead(x, w, c);
      return tidy(() => block.forward(reader.forward(x, w, c), w));
    },
    linearize(x, w, c) {
      checkRead(x, w, c);
      const read = reader.linearize(x, w, c);
      const { h, pullback } = block.linearize(read.h, w);
      const free = () => read.h !== x && read.h.dispose();
      if (!block.reads.x) free();
      return {
        h,
        pullback(dh) {
          const { dx: dRead, dw } = pullback(dh);
          free();
          const { dw: dReader, ...rest } = read.pullback(dRead);
          if (rest.dx !== dRead) dRead.dispose();
          return { ...rest, dw: { ...dReader, ...dw } };
        },
      };
    },
    pushforward(x, dx, w, dw, c, dc) {
      checkRead(x, w, c);
      return tidy(() => {
        const read = reader.pushforward(x, dx, w, dw, c, dc);
        return block.pushforward(read.h, read.dh, w, dw);
      });
    },
  });
}

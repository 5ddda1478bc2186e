import * as tf from '@tensorflow/tfjs-core';
import type { Shape, WeightSpec } from '../bijection';
import type { Block } from './blocks/block';
import { type ConvolutionOptions, convolution } from './blocks/convolution';
import { checkSizes } from './check';
import type { Conditioner } from './conditioner';
import { joined } from './readers/joined';

/** How a network reads x and the condition as one tensor, with its calculus; x and dh may come back as they are. */
export interface Reader extends Omit<Conditioner, 'weights'> {
  outputShape(shape: Shape, condition?: Shape): number[];
  weights(shape: Shape, condition?: Shape): WeightSpec[];
}

export interface NetworkSetting {
  /** The first convolution reads patches of so many pixels along each axis. Default 1. */
  stride?: number;
  /** What must divide the spatial sizes. Default: the stride. */
  multiple?: number;
  /** Default: the condition is joined to the channels of x. */
  reader?: Reader;
}

/**
 * A conditioner from a part: h = part(reader(x, c)).
 *
 * `build` gets a `convolution` that numbers its weights W₁, b₁, W₂, … in the order of the calls.
 */
export function network(
  where: string,
  build: (convolution: (options: Omit<ConvolutionOptions, 'name'>) => Block) => Block,
  { stride = 1, multiple = stride, reader = joined(stride) }: NetworkSetting = {},
): Conditioner {
  let count = 0;
  const part = build((options) => convolution({ ...options, name: String(++count) }));
  return {
    weights(shape, out, condition) {
      checkSizes(where, shape, multiple);
      return [
        ...reader.weights(shape, condition),
        ...part.weights(reader.outputShape(shape, condition), out),
      ];
    },

    forward(x, w, c) {
      checkSizes(where, x.shape, multiple);
      return tf.tidy(() => part.forward(reader.forward(x, w, c), w));
    },

    linearize(x, w, c) {
      checkSizes(where, x.shape, multiple);
      const read = reader.linearize(x, w, c);
      const { h, pullback } = part.linearize(read.h, w);
      const free = () => read.h !== x && read.h.dispose();
      if (!part.reads.x) free();
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
      checkSizes(where, x.shape, multiple);
      return tf.tidy(() => {
        const read = reader.pushforward(x, dx, w, dw, c, dc);
        return part.pushforward(read.h, read.dh, w, dw);
      });
    },
  };
}

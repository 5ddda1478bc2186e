import * as tf from '@tensorflow/tfjs-core';
import type { Shape, WeightSpec, Weights } from '../../bijection';
import { convolve, convolveFilter, convolveInput } from '../../kernels/convolve';
import { heNormal, spreadBias } from '../../random';
import { channels, perChannel, sumPerChannel } from '../../tensors/channels';
import { type Network, network } from '../network';

export interface ConvolutionOptions {
  /** Its weights are W and b with this behind. */
  name: string;
  /** Channels of the output, from those asked of the network and the shape of x. Default: those asked of the network. */
  to?: (out: number, shape: Shape) => number;
  /** Size of the kernel, odd. Default 1. */
  kernel?: number;
  /** W and b start at zero, not at random. Default false. */
  zero?: boolean;
  /** Default true. */
  bias?: boolean;
}

/**
 * h = x ⋆ W + b, sizes kept; on vectors a dense layer, whatever the kernel.
 *
 * x: [batch, …spatial, in], W: […kernel, in, to], b: [to]. W starts normal, of variance 2/fan-in (He et al. 2015, eq. 10), b uniform
 * within ±1/√fan-in.
 */
export function convolution({
  name,
  to = (out) => out,
  kernel = 1,
  zero = false,
  bias = true,
}: ConvolutionOptions): Network {
  const [W, b] = [`W${name}`, `b${name}`];
  const shifted = (z: tf.Tensor, w: Weights) => (bias ? tf.add(z, perChannel(w[b]!, z.rank)) : z);
  const value = (x: tf.Tensor, w: Weights) => tf.tidy(() => shifted(convolve(x, w[W]!), w));
  return network({
    reads: { x: true, h: false },
    outputShape: (shape, out) => [...shape.slice(0, -1), to(out, shape)],
    weights(shape, out) {
      const n = to(out, shape);
      const s = [...shape.slice(1, -1).map(() => kernel), channels(shape), n];
      const spec = (of: string, size: Shape, random: (seed: number) => tf.Tensor): WeightSpec => ({
        name: of,
        shape: size,
        initialize: zero ? () => tf.zeros([...size]) : random,
      });
      const kernels = spec(W, s, (seed) => heNormal(s, seed));
      return bias ? [kernels, spec(b, [n], (seed) => spreadBias(s, seed))] : [kernels];
    },
    forward: value,
    linearize: (x, w) => ({
      h: value(x, w),
      pullback: (dh) => ({
        dx: convolveInput(dh, w[W]!),
        dw: {
          [W]: convolveFilter(x, dh, w[W]!.shape),
          ...(bias && { [b]: tf.tidy(() => sumPerChannel(dh)) }),
        },
      }),
    }),
    pushforward: (x, dx, w, dw) =>
      tf.tidy(() => ({
        h: value(x, w),
        dh: tf.add(convolve(dx, w[W]!), shifted(convolve(x, dw[W]!), dw)),
      })),
  });
}

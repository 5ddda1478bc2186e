import * as tf from '@tensorflow/tfjs-core';
import type { Shape, WeightSpec, Weights } from '../../bijection';
import { convolve, convolveBias, convolveFilter, convolveInput } from '../../kernels/convolve';
import { heNormal, spreadBias } from '../../random';
import { channels, sumPerChannel } from '../../tensors/channels';
import { type Network, network } from '../network';
import { type ActivationName, activationOf } from './activation';

export interface ConvolutionOptions {
  /** Its weights are W and b with this behind. */
  name: string;
  /** Channels of the output, from those asked of the network and the shape of x. Default: those asked of the network. */
  to?: (out: number, shape: Shape) => number;
  /** Size of the kernel, odd. Default 1. */
  kernel?: number;
  /** W and b start at zero, not at random. Default false. */
  zero?: boolean;
  /** Of z at the start, where that of x is 1: 2 for a ReLU, which loses half of it, 1 where nothing is lost. Default 2. */
  variance?: 1 | 2;
  /** Default true. */
  bias?: boolean;
  /** Of the output. Default: none. */
  activation?: ActivationName;
}

/**
 * h = σ(x ⋆ W + b), sizes kept; on vectors a dense layer, whatever the kernel.
 *
 * x: [batch, …spatial, in], W: […kernel, in, to], b: [to]. W starts normal, of variance 2/fan-in (He et al. 2015, eq. 10) or 1/fan-in, b
 * uniform within ±1/√fan-in.
 */
export function convolution({
  name,
  to = (out) => out,
  kernel = 1,
  zero = false,
  variance = 2,
  bias = true,
  activation: kind,
}: ConvolutionOptions): Network {
  const [W, b] = [`W${name}`, `b${name}`];
  const sigma = kind && activationOf(kind);
  const affine = (x: tf.Tensor, w: Weights) => (bias ? convolveBias(x, w[W]!, w[b]!) : convolve(x, w[W]!));
  const value = (x: tf.Tensor, w: Weights) => {
    if (!sigma) return affine(x, w);
    if (bias && kind === 'relu') return convolveBias(x, w[W]!, w[b]!, true);
    return tf.tidy(() => sigma.value(affine(x, w)));
  };
  return network({
    reads: { x: true, h: kind !== undefined },
    outputShape: (shape, out) => [...shape.slice(0, -1), to(out, shape)],
    weights(shape, out) {
      const n = to(out, shape);
      const s = [...shape.slice(1, -1).map(() => kernel), channels(shape), n];
      const spec = (of: string, size: Shape, random: (seed: number) => tf.Tensor): WeightSpec => ({
        name: of,
        shape: size,
        initialize: zero ? () => tf.zeros([...size]) : random,
      });
      const kernels = spec(W, s, (seed) => heNormal(s, seed, variance));
      return bias ? [kernels, spec(b, [n], (seed) => spreadBias(s, seed))] : [kernels];
    },
    forward: value,
    linearize(x, w) {
      const h = value(x, w);
      return {
        h,
        pullback(dh) {
          const dz = sigma ? sigma.pull(dh, h) : dh;
          const dx = convolveInput(dz, w[W]!);
          const dW = convolveFilter(x, dz, w[W]!.shape);
          const db = bias && tf.tidy(() => sumPerChannel(dz));
          if (dz !== dh) dz.dispose();
          return { dx, dw: { [W]: dW, ...(db && { [b]: db }) } };
        },
      };
    },
    pushforward: (x, dx, w, dw) =>
      tf.tidy(() => {
        const h = value(x, w);
        const dz = tf.add(convolve(dx, w[W]!), affine(x, dw));
        return { h, dh: sigma ? sigma.push(dz, h) : dz };
      }),
  });
}

import * as tf from '@tensorflow/tfjs-core';
import type { Weights } from '../bijection';
import { weight } from '../weight-names';
import { assembled } from './assembled';
import type { ActivationName } from './blocks/activation';
import { sequence } from './blocks/sequence';
import { degreesOf, maskOf } from './masks';
import { type Network, network } from './network';

const kernels = ['W1', 'W2', 'W3'];

export interface MaskedNetOptions {
  /** How many numbers of the output belong to each of x: the first of all, the second of all, …. */
  perNumber: number;
  /** The channels of x in their order. */
  order(n: number): readonly number[];
  /** Channels of the two hidden layers. */
  hidden: number;
  /** Size of the first and last kernel. */
  kernel: number;
  activation: ActivationName;
}

/**
 * A network that tells of each number of x from those before it alone, and from the condition: a dense one, or with a kernel a
 * convolution, over masked weights.
 *
 *     a₁ = relu(x ⋆ (M₁ ⊙ W₁) + b₁)    a₂ = relu(a₁ ⋆ (M₂ ⊙ W₂) + b₂)    h = a₂ ⋆ (M₃ ⊙ W₃) + b₃
 *
 * Units have degrees: the i-th channel i = 1 … n, outputs for it i − 1, hidden units evenly 1 … n − 1, or 0 … n − 1 where there is a
 * condition or a kernel, which move the first channel too. A mask is 1 where the degree does not fall. That is the middle tap of a
 * kernel; taps before it in raster order are all there, those after it for the condition alone. W₃ and b₃ start at zero.
 * Germain et al. 2015, arXiv:1502.03509, eq. 8–9; van den Oord et al. 2016, arXiv:1601.06759, section 3.4.
 */
export function maskedNet({ perNumber, order, hidden, kernel, activation: kind }: MaskedNetOptions): Network {
  const net = assembled('maskedNet', (convolution) =>
    sequence([
      convolution({ to: () => hidden, kernel, activation: kind }),
      convolution({ to: () => hidden, activation: kind }),
      convolution({ kernel, zero: true }),
    ]),
  );
  /** The kernels of weights, or of tangents or cotangents of them, under their masks. */
  const masked = (w: Weights): Weights => {
    const own = kernels.map((name) => weight(w, name));
    const shapes = own.map(({ shape }) => shape);
    const degrees = degreesOf(shapes, perNumber, order);
    return Object.fromEntries(
      own.map((t, k) => {
        const [from = [], to = []] = degrees.slice(k);
        return [kernels[k], tf.mul(t, maskOf(t.shape, from, to))];
      }),
    );
  };
  const under = (w: Weights): Weights => ({ ...w, ...masked(w) });
  return network({
    ...net,
    forward: (x, w, c) => tf.tidy(() => net.forward(x, under(w), c)),
    linearize(x, w, c) {
      const own = tf.tidy(() => masked(w));
      const { h, pullback } = net.linearize(x, { ...w, ...own }, c);
      return {
        h,
        pullback(dh) {
          const { dw, ...rest } = pullback(dh);
          const dOwn = tf.tidy(() => masked(dw));
          tf.dispose([own, kernels.map((name) => weight(dw, name))]);
          return { ...rest, dw: { ...dw, ...dOwn } };
        },
      };
    },
    pushforward: (x, dx, w, dw, c, dc) => tf.tidy(() => net.pushforward(x, dx, under(w), under(dw), c, dc)),
  });
}

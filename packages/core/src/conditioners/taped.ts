import type * as tf from '@tensorflow/tfjs-core';
import { record } from '../autodiff/nested-tape';
import { refuse } from '../errors';
import { callable, checkOptions, required } from '../options';
import type { Conditioner } from './conditioner';
import { type Network, network } from './network';

export type TapedNet = Pick<Conditioner, 'weights' | 'forward'> & Partial<Pick<Conditioner, 'pushforward'>>;

/**
 * A conditioner from any differentiable function of tfjs ops: its pullback runs on a tape of its own.
 * Forward mode needs a `pushforward`, since most ops of tfjs have no second derivative; without one it is an error.
 */
export function taped(net: TapedNet): Network {
  const wanted = required(callable);
  checkOptions('taped', net, { weights: wanted, forward: wanted, pushforward: callable });
  const { weights, forward, pushforward } = net;
  return network({
    weights,
    forward,
    linearize(x, w, c) {
      const names = Object.keys(w);
      const { y: h, pullback } = record(() => forward(x, w, c));
      const inputs: tf.Tensor[] = [x, ...names.map((n) => w[n]!), ...(c ? [c] : [])];
      return {
        h,
        pullback(dh) {
          const [dx, ...rest] = pullback(dh, inputs) as [tf.Tensor, ...tf.Tensor[]];
          const dw = Object.fromEntries(names.map((n, i) => [n, rest[i]!]));
          return { dx, dw, ...(c && { dc: rest[names.length]! }) };
        },
      };
    },
    pushforward:
      pushforward ??
      (() => {
        const remedy = 'Give `pushforward` to `taped`, or use convNet: forward mode is written by hand.';
        refuse('conditioner', 'a pushforward', 'a function of tfjs ops without one', remedy);
      }),
  });
}

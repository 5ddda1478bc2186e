import type * as tf from '@tensorflow/tfjs-core';
import type { Shape, WeightSpec, Weights } from '../bijection';
import { checkValue, having } from '../options';
import { withChannels } from '../tensors/channels';

/**
 * A differentiable map with weights, h = f(x; w, c), its calculus written by hand. It needs no inverse. Conditioners inside
 * couplings, the readers and blocks that they are made of, and summaries of conditions are all of this kind.
 *
 * x: [batch, …spatial, in]; the condition c is a vector, or has the spatial axes of x. The caller disposes the results, which
 * are new tensors, never x or dh themselves. A pullback runs once.
 */
export interface Network {
  /** What a pullback reads of x and h: the caller keeps these until then, and may free the others at once. */
  readonly reads: { x: boolean; h: boolean };
  /** `out` is the number of channels that are asked of the whole network. */
  outputShape(shape: Shape, out: number, condition?: Shape): number[];
  weights(shape: Shape, out: number, condition?: Shape): WeightSpec[];
  forward(x: tf.Tensor, w: Weights, c?: tf.Tensor): tf.Tensor;
  /** The value, evaluated once, with its pullback. */
  linearize(x: tf.Tensor, w: Weights, c?: tf.Tensor): Linearized;
  /** Tangents; that of c is zero when left out. */
  pushforward(
    x: tf.Tensor,
    dx: tf.Tensor,
    w: Weights,
    dw: Weights,
    c?: tf.Tensor,
    dc?: tf.Tensor,
  ): { h: tf.Tensor; dh: tf.Tensor };
  /** Weights that the first batch sets; none by default. */
  initialize(x: tf.Tensor, w: Weights, c?: tf.Tensor): Weights;
  /** The network of one training step, over the same weights: dropout by this seed, statistics of the batch. By default itself. */
  training(seed: number): Network;
}

export interface Linearized {
  h: tf.Tensor;
  pullback(dh: tf.Tensor): { dx: tf.Tensor; dw: Weights; dc?: tf.Tensor };
}

/** What an author writes; the rest is optional. */
export type NetworkBody = Pick<Network, 'weights' | 'forward' | 'linearize' | 'pushforward'> &
  Partial<Network>;

const defaults = {
  reads: { x: true, h: true },
  outputShape: (shape: Shape, out: number) => withChannels(shape, out),
  initialize: (): Weights => ({}),
  training(this: Network) {
    return this;
  },
};

const isComplete = (body: NetworkBody): body is Network =>
  Object.keys(defaults).every((name) => name in body);

/** A network with all its members. */
export function network(body: NetworkBody): Network {
  checkValue('network', 'body', body, bodyRule);
  return isComplete(body) ? body : { ...defaults, ...body };
}

const bodyRule = {
  ...having('weights', 'forward', 'linearize', 'pushforward'),
  remedy: 'Write these four, or use `taped`, which needs the first two.',
};

/** Whether a network is another one in training. */
export const trains = (net: Network): boolean => net.training(0) !== net;

import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, complete, type InversePullback, type Shape } from '../bijection';
import { refuse, show } from '../errors';
import { channels, joinChannels, splitAt, withChannels } from '../tensors/channels';
import { tidy } from '../tidy';
import { present } from '../weight-names';

/** Two lanes, x and y beside each other in the channels; y moves without x. */
export interface Lanes {
  /** (x, y) ↦ (z_x, z_y), its log-det that of ∂z_x/∂x alone. */
  both: Bijection;
  /** y ↦ z_y, over the same weights. x changes its shape as y does. */
  y: Bijection;
  /** Channels of y for those of x. */
  count(x: number): number;
}

/**
 * The lane of x, y being the condition.
 *
 *     z_x = f(x; y)      log|det J| = log|det ∂z_x/∂x|      x = f⁻¹(z_x; y), through z_y = g(y)
 *
 * The pullback starts from (z_x, g(y)) and undoes both lanes together, so that nothing is stored on the way.
 */
export function conditionalLane(name: string, { both, y: lane, count }: Lanes): Bijection {
  const joint = (x: Shape, c: Shape | undefined) => jointShape(name, x, c, count(channels(x)));
  const pair = (x: tf.Tensor, c: tf.Tensor) => joinChannels([x, c]);
  /** [of x, of y], when y has so many channels. */
  const cut = (t: tf.Tensor, ofY: number) => splitAt(t, channels(t.shape) - ofY);
  const leaving = (c: tf.Tensor) => channels(lane.outputShape(c.shape));
  return complete({
    name,
    outputShape: (shape) => lane.outputShape(shape),
    inputShape: (shape) => lane.inputShape(shape),
    weights: (shape, condition) => both.weights(joint(shape, condition)),
    members: (shape, condition) => both.members(joint(shape, condition)),

    forward(x, w, condition) {
      const c = present(condition);
      const { y, logDet } = both.forward(pair(x, c), w);
      return { y: cut(y, leaving(c))[0], logDet };
    },
    inverse(z, w, condition) {
      const c = present(condition);
      const { x, logDet } = both.inverse(pair(z, lane.forward(c, w).y), w);
      return { x: cut(x, channels(c.shape))[0], logDet };
    },
    pullback(z, dz, dL, w, condition) {
      const c = present(condition);
      const zy = lane.forward(c, w).y;
      const p = both.pullback(pair(z, zy), pair(dz, tf.zerosLike(zy)), dL, w);
      const [dx, dc] = cut(p.dx, channels(c.shape));
      return { x: cut(p.x, channels(c.shape))[0], dx, dw: p.dw, dc };
    },
    inversePullback(x, dx, dL, w, condition) {
      const c = present(condition);
      const p = withoutWeights(() => both.inversePullback(pair(x, c), pair(dx, tf.zerosLike(c)), dL, w));
      const [z, zy] = cut(p.y, leaving(c));
      const [dz] = cut(p.dy, leaving(c));
      // Where x reads nothing of y, the gradient is exactly 0 by the implicit function theorem; by g and back it is only nearly so.
      const q = both.pullback(pair(z, zy), pair(tf.neg(dz), tf.zerosLike(zy)), tf.neg(dL), w);
      const [, dc] = cut(q.dx, channels(c.shape));
      return { y: z, dy: dz, dw: q.dw, dc };
    },
    pushforward(x, dx, w, dw, condition, dc) {
      const c = present(condition);
      const p = both.pushforward(pair(x, c), pair(dx, dc ?? tf.zerosLike(c)), w, dw);
      return { ...p, y: cut(p.y, leaving(c))[0], dy: cut(p.dy, leaving(c))[0] };
    },
    inversePushforward(z, dz, w, dw, condition, dc) {
      const c = present(condition);
      const { y, dy } = lane.pushforward(c, dc ?? tf.zerosLike(c), w, dw);
      const p = both.inversePushforward(pair(z, y), pair(dz, dy), w, dw);
      return { ...p, x: cut(p.x, channels(c.shape))[0], dx: cut(p.dx, channels(c.shape))[0] };
    },
    initialize(input, w, direction, condition) {
      const c = present(condition);
      const set = lane.initialize(c, w, 'forward');
      const all = { ...w, ...set };
      const first = pair(input, direction === 'forward' ? c : lane.forward(c, all).y);
      return { ...set, ...both.initialize(first, all, direction) };
    },
  });
}

/** A pullback of which only y and dy are wanted: cotangents of the weights, which take as much as these, are freed at once. */
const withoutWeights = (f: () => InversePullback) =>
  tidy(() => {
    const { y, dy } = f();
    return { y, dy };
  });

/** The shape of both lanes, for those of x and of y, which must have so many channels. */
function jointShape(name: string, x: Shape, c: Shape | undefined, n: number): number[] {
  const wanted = withChannels(x, n);
  if (c?.length !== x.length || wanted.some((size, i) => i > 0 && size !== c[i])) {
    const remedy = 'Give y as the condition, with the spatial sizes of x.';
    refuse(name, `a condition of shape ${show([null, ...wanted.slice(1)])}`, show(c), remedy);
  }
  return withChannels(x, channels(x) + n);
}

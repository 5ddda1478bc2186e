import * as tf from '@tensorflow/tfjs-core';
import type { Shape, Weights } from '../bijection';
import type { ProbedNet, Tangents } from '../conditioners/probed-net';
import { type Probes, weighted } from '../conditioners/probes';
import { batch, channels, joinEverywhere, splitAt, sumPerSample, withChannels } from '../tensors/channels';
import { sumOfCopies } from '../tensors/copies';

/** Cotangents of how fast x moves and of the divergence, or of what both come to. */
export interface Cotangents {
  x: tf.Tensor;
  l: tf.Tensor;
}

/** One time for all samples, or one for each: [batch, 1]. */
export type Time = number | tf.Tensor;

/** The directions whose Σ ⟨p, J p⟩ is the trace of J, or is in the mean: k for every sample, one after the other. */
export type Directions = (x: tf.Tensor) => tf.Tensor;

/**
 * A field of velocities, a network of x, of time and of the condition, and its divergence.
 *
 *     dx/dt = f(x, t; c)      dl/dt = tr ∂f/∂x = Σ ⟨p, ∂f/∂x p⟩
 */
export function velocityField(net: ProbedNet, directions: Directions) {
  const at = (t: Time, x: tf.Tensor, w: Weights, c: tf.Tensor | undefined) => net.at(x, w, withTime(t, x, c));
  const probes = (x: tf.Tensor): Probes => {
    const p = directions(x);
    return (visit) => visit(p, p);
  };
  return {
    weights: (shape: Shape, condition?: Shape) =>
      net.weights(shape, withChannels(condition ?? [batch0(shape), 0], channels(condition ?? [0]) + 1)),
    /** f alone. */
    velocity: (t: Time, x: tf.Tensor, w: Weights, c?: tf.Tensor): tf.Tensor =>
      tf.tidy(() => net.value(x, w, withTime(t, x, c))),
    rate(t: Time, x: tf.Tensor, w: Weights, c?: tf.Tensor): [f: tf.Tensor, divergence: tf.Tensor] {
      const point = at(t, x, w, c);
      const p = directions(x);
      const each = sumPerSample(tf.mul(p, point.push(p)));
      return [point.h, sumOfCopies(each, batch(p) / batch(x))];
    },
    /** Cotangents, given those of both rates. */
    pullback(t: Time, x: tf.Tensor, d: Cotangents, w: Weights, c?: tf.Tensor) {
      const { dx, dw, dc } = at(t, x, w, c).pullback(d.x, weighted(probes(x), d.l));
      return { dx, dw, ...(c && dc && { dc: splitAt(dc, channels(c.shape))[0] }) };
    },
    /** Tangents of both rates. */
    pushforward(t: Time, x: tf.Tensor, { dx, dw, dc }: Tangents, w: Weights, c?: tf.Tensor): tf.Tensor[] {
      const still = dc && withTime(0, x, dc);
      const { dh, ds } = at(t, x, w, c).pushforward({ dx, dw, dc: still }, probes(x));
      return [dh, ds];
    },
  };
}

export type VelocityField = ReturnType<typeof velocityField>;

const batch0 = (shape: Shape) => shape[0] ?? 1;

/** The condition with the time behind its channels. */
function withTime(t: Time, x: tf.Tensor, c: tf.Tensor | undefined): tf.Tensor {
  const one = typeof t === 'number' ? tf.fill([batch(x), 1], t) : t;
  return c ? joinEverywhere([c, one]) : one;
}

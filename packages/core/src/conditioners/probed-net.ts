import * as tf from '@tensorflow/tfjs-core';
import type { Shape, WeightSpec, Weights } from '../bijection';
import { heNormal, spreadBias } from '../random';
import { accumulated } from '../tensors/accumulated';
import { batch, channels, sumPerSample } from '../tensors/channels';
import { sumOfCopies } from '../tensors/copies';
import {
  bends,
  cotangent,
  evaluated,
  inFront,
  LAYERS,
  names,
  type Probes,
  pulled,
  pushed,
  tangents,
  turned,
} from './probes';
import { joined } from './readers/joined';

/** Tangents of what a network reads. */
export interface Tangents {
  dx: tf.Tensor;
  dw: Weights;
  dc?: tf.Tensor | undefined;
}

/** A network g at a point, its Jacobian J = ∂g/∂x, and the derivatives of s = Σ ⟨q, J p⟩ over the probes of each sample. */
export interface Probed {
  h: tf.Tensor;
  /** J p of k directions for every sample. */
  push(p: tf.Tensor): tf.Tensor;
  /** Jᵀ q of k directions for every sample. */
  pull(q: tf.Tensor): tf.Tensor;
  /** The cotangents of x, w and c, for those of h and of s: one number per sample of the latter. */
  pullback(dh: tf.Tensor, probes?: Probes): { dx: tf.Tensor; dw: Weights; dc?: tf.Tensor };
  /** The tangents of h and of s. Without probes that of s is zero. */
  pushforward(tangents: Tangents, probes?: Probes): { dh: tf.Tensor; ds: tf.Tensor };
}

export interface ProbedNetOptions {
  /** Channels of the two hidden layers. */
  hidden: number;
  /** Size of the first and last kernel; the middle one is 1. */
  kernel: number;
}

/**
 * A network whose Jacobian can be asked for, and differentiated: its calculus is of second order.
 *
 *     z₁ = x ⋆ W₁ + b₁    z₂ = φ(z₁) ⋆ W₂ + b₂    h = φ(z₂) ⋆ W₃ + b₃
 *     J p: t₁ = p ⋆ W₁    t₂ = (φ′(z₁) ⊙ t₁) ⋆ W₂    J p = (φ′(z₂) ⊙ t₂) ⋆ W₃
 *
 * φ is LipSwish. h has the shape of x; W₃ and b₃ start at zero. The condition is appended to the channels of x, and J is not of it.
 */
export function probedNet({ hidden, kernel }: ProbedNetOptions) {
  return {
    weights(shape: Shape, condition?: Shape): WeightSpec[] {
      const sizes = [channels(joined.outputShape(shape, 0, condition)), hidden, hidden, channels(shape)];
      return names.flatMap(([W, b], l) => {
        const size = l === 1 ? 1 : kernel;
        const s = [...shape.slice(1, -1).map(() => size), sizes[l] ?? 0, sizes[l + 1] ?? 0];
        const zero = l === LAYERS - 1;
        return [
          { name: W, shape: s, initialize: (seed: number) => (zero ? tf.zeros(s) : heNormal(s, seed)) },
          {
            name: b,
            shape: s.slice(-1),
            initialize: (seed: number) => (zero ? tf.zeros(s.slice(-1)) : spreadBias(s, seed)),
          },
        ];
      });
    },
    value: (x: tf.Tensor, w: Weights, c?: tf.Tensor): tf.Tensor =>
      tf.tidy(() => evaluated(joined.forward(x, w, c), w).h),
    at(x: tf.Tensor, w: Weights, c?: tf.Tensor): Probed {
      const { h: u, pullback: ofReader } = joined.linearize(x, w, c);
      const { layers, h } = evaluated(u, w);
      const directions = (p: tf.Tensor) =>
        tangents(layers, inFront(p, channels(u.shape)), batch(p) / batch(x));
      return {
        h,
        push: (p) => directions(p).at(-1)?.s ?? p,
        pull: (q) => inFront(cotangent(layers, q, batch(q) / batch(x)), channels(x.shape)),
        pullback(dh, probes) {
          const bent = accumulated();
          probes?.((p, q) => bent.add(() => bends(directions(p), q)));
          const { du, dw } = pulled(layers, dh, bent.total());
          const { dw: _, ...rest } = ofReader(du);
          return { ...rest, dw };
        },
        pushforward({ dx, dw, dc }, probes) {
          const { dh: du } = joined.pushforward(x, dx, w, dw, c, dc);
          const { dh, dz } = pushed(layers, du, dw);
          const sum = accumulated();
          probes?.((p, q) =>
            sum.add(() => {
              const ds = sumPerSample(tf.mul(q, turned(directions(p), dw, dz, p)));
              return [sumOfCopies(ds, batch(p) / batch(x))];
            }),
          );
          const [ds = tf.zeros([batch(x)])] = sum.total() ?? [];
          return { dh, ds };
        },
      };
    },
  };
}

export type ProbedNet = ReturnType<typeof probedNet>;

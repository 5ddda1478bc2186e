import * as tf from '@tensorflow/tfjs-core';
import type { Range } from '../autodiff/support';
import { lastOf } from '../lazy';
import { tidy } from '../tidy';

/** Parameters by name, or tangents of them: each a tensor that spreads against the numbers that move. */
export type Parameters<P extends string = string> = Record<P, tf.Tensor>;

/** Cotangents of parameters, as terms of a sum: each has the shape of the parameter, or is one number per sample, [batch]. */
export type Cotangents<P extends string = string> = Record<P, readonly tf.Tensor[]>;

/**
 * A transformer moves one number: v ↦ u = φ(v; h), element by element. Its parameters h come from nothing, constants, weights,
 * a network of the condition or a network of other channels: that is the engine's business, as is the inverse direction.
 */
export interface Transformer<P extends string = string> {
  /** How many numbers of each parameter belong to one number that moves: h.p is [.., k·n], first all first numbers. */
  readonly parameters: Readonly<Record<P, number>>;
  /** The fewest channels that it moves. Default 1. */
  readonly fewest?: number;
  /** Where v must lie, and u, each channel in the same range or in its own. Default: anywhere. */
  readonly domain?: Range;
  readonly image?: Range;
  /** The transformer of one channel alone. Default: the same for all. */
  readonly only?: (channel: number) => Transformer<P>;
  /** φ for given parameters, which are read once. */
  given(h: Parameters<P>): {
    /** v = φ⁻¹(u) */
    undo(u: tf.Tensor): tf.Tensor;
    /** φ at v. Some maps lose less from u = φ(v), where it is known already. */
    at(v: tf.Tensor, u?: tf.Tensor): Local<P>;
  };
}

/** φ and its derivatives at one v. Each member is asked for at most once. */
export interface Local<P extends string = string> {
  u(): tf.Tensor;
  /** log|φ′|; null where it is 0. */
  logSlope(): tf.Tensor | null;
  /** φ′; null where it is 1. */
  slope(): tf.Tensor | null;
  /** d log|φ′| / du; null where it is 0. */
  bend(): tf.Tensor | null;
  /** dh = (∂u/∂h)ᵀ·du + (∂log|φ′|/∂h)ᵀ·dL; dL: [batch], one number per sample. */
  pull(du: tf.Tensor, dL: tf.Tensor): Cotangents<P>;
  /** What a tangent of h adds to those of u and of log|φ′|; null where that is nothing. */
  push(dh: Parameters<P>): { du: tf.Tensor | null; dL: tf.Tensor | null };
}

/** A monotone function of one number, without parameters. All that is asked of it is told from its output u. */
export interface Monotone {
  domain?: Range;
  image?: Range;
  apply(v: tf.Tensor): tf.Tensor;
  /** Each is asked for at most once: they may share work. */
  from(u: tf.Tensor): {
    v(): tf.Tensor;
    /** log φ′ */
    logSlope(): tf.Tensor;
    /** φ′. Default: the exponential of its logarithm. */
    slope?(): tf.Tensor;
    /** d log φ′ / du; null where it is 0. */
    bend(): tf.Tensor | null;
  };
}

/** The transformer of a monotone function. */
export const monotone = ({ apply, from, ...where }: Monotone): Transformer<never> => ({
  ...where,
  parameters: {},
  given() {
    const local = lastOf(from);
    return {
      undo: (u) => tidy(local(u).v),
      at(v, known) {
        const u = known ?? tidy(() => apply(v));
        const { logSlope, slope = () => tf.exp(logSlope()), bend } = local(u);
        return {
          u: () => u,
          logSlope: () => tidy(logSlope),
          slope: () => tidy(slope),
          bend: () => tidy(bend),
          pull: () => ({}),
          push: () => ({ du: null, dL: null }),
        };
      },
    };
  },
});

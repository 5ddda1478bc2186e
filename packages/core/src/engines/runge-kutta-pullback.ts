import * as tf from '@tensorflow/tfjs-core';
import type { Weights } from '../bijection';
import { weight } from '../weight-names';
import type { Stage } from './runge-kutta';
import type { Cotangents, VelocityField } from './velocity';

/** A step of a time h, from x at the time t. */
export interface Leg {
  h: number;
  t: number;
  x: tf.Tensor;
}

/** The cotangents of x, and those of the weights and of the condition, if there is one, in the order of `listed`. */
export interface Pulled {
  dx: tf.Tensor;
  shared: tf.Tensor[];
}

/** The cotangents that all steps share, as a list. */
export const listed = (dw: Weights, dc: tf.Tensor | undefined): tf.Tensor[] => [
  ...Object.keys(dw)
    .sort()
    .flatMap((name) => dw[name] ?? []),
  ...(dc ? [dc] : []),
];

/** The list by the names of the weights again. */
export function named(shared: readonly tf.Tensor[], w: Weights, c: tf.Tensor | undefined) {
  const names = Object.keys(w).sort();
  const dw: Weights = {};
  for (const [i, name] of names.entries()) dw[name] = shared[i] ?? tf.zerosLike(weight(w, name));
  const dc = c && shared[names.length];
  return { dw, ...(dc && { dc }) };
}

/**
 * The increment of a Runge–Kutta step backwards, from the last rate to the first.
 *
 *     dkᵢ = h bᵢ dΨ + h aᵢ₊₁ dxᵢ₊₁      dxᵢ = (∂f/∂x)ᵀ dkᵢ      dx = Σ dxᵢ
 */
export function incrementPullback(
  stages: readonly Stage[],
  field: VelocityField,
  { h, t, x }: Leg,
  d: Cotangents,
  w: Weights,
  c: tf.Tensor | undefined,
): Pulled {
  const asked = [x];
  for (const [i, { a }] of stages.slice(1).entries()) {
    const at = asked[i] ?? x;
    asked.push(tf.add(x, tf.mul(a * h, field.velocity(t + (stages[i]?.a ?? 0) * h, at, w, c))));
  }
  let dx = tf.zerosLike(x);
  let shared: tf.Tensor[] | undefined;
  /** What the stage after passes on to the rate of this one. */
  let passed: tf.Tensor | undefined;
  for (const [i, { a, b }] of [...stages.entries()].reverse()) {
    const own = tf.mul(h * b, d.x);
    const dk = { x: passed ? tf.add(own, passed) : own, l: tf.mul(h * b, d.l) };
    const pulled = field.pullback(t + a * h, asked[i] ?? x, dk, w, c);
    dx = tf.add(dx, pulled.dx);
    passed = tf.mul(h * a, pulled.dx);
    const more = listed(pulled.dw, pulled.dc);
    shared = shared ? shared.map((sum, j) => tf.add(sum, more[j] ?? 0)) : more;
  }
  return { dx, shared: shared ?? [] };
}

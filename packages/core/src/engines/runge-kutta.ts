import * as tf from '@tensorflow/tfjs-core';

/** What changes in time, each tensor at a rate of its own. */
export type Values = readonly tf.Tensor[];
export type Rate = (t: number, s: Values) => tf.Tensor[];

export interface Stage {
  /** The rate is asked for so far along the step, at the rate of the stage before. */
  a: number;
  /** How much it counts. */
  b: number;
}

export const schemes = {
  euler: [{ a: 0, b: 1 }],
  midpoint: [
    { a: 0, b: 0 },
    { a: 1 / 2, b: 1 },
  ],
  rk4: [
    { a: 0, b: 1 / 6 },
    { a: 1 / 2, b: 1 / 3 },
    { a: 1 / 2, b: 1 / 3 },
    { a: 1, b: 1 / 6 },
  ],
} satisfies Record<string, readonly Stage[]>;

export type Scheme = keyof typeof schemes;

/** s + factor·k */
export const along = (s: Values, factor: number, k: Values): tf.Tensor[] =>
  s.map((t, i) => tf.add(t, tf.mul(factor, k[i] ?? 0)));

/**
 * The increment of an explicit Runge–Kutta step from s at the time t, each of whose rates is asked for along the one before.
 *
 *     Ψ = h Σ bᵢ kᵢ      kᵢ = f(s + aᵢ h kᵢ₋₁, t + aᵢ h)
 */
export function increment(
  stages: readonly Stage[],
  rate: Rate,
  h: number,
  t: number,
  s: Values,
): tf.Tensor[] {
  let k: Values | undefined;
  let sum: tf.Tensor[] = s.map((v) => tf.zerosLike(v));
  for (const { a, b } of stages) {
    k = rate(t + a * h, k ? along(s, a * h, k) : s);
    sum = along(sum, b * h, k);
  }
  return sum;
}

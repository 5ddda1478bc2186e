import * as tf from '@tensorflow/tfjs-core';
import { tidy } from '../tidy';
import { along, increment, type Rate, type Stage, type Values } from './runge-kutta';

/** Two solutions that start alike and step in turn, each along the rates of the other. */
export interface Coupled {
  y: Values;
  z: Values;
}

export interface SolverOptions {
  stages: readonly Stage[];
  steps: number;
  /** How much a solution is drawn to the other in each step: 1 − λ. */
  lambda: number;
}

/** From when to when. */
export interface Span {
  from: number;
  to: number;
}

/**
 * An algebraically reversible solver, of the order of its base scheme Ψ.
 *
 *     y′ = λ y + (1 − λ) z + Ψ_h(z, t)      z′ = z − Ψ₋ₕ(y′, t + h)
 *     z = z′ + Ψ₋ₕ(y′, t + h)               y = (y′ − (1 − λ) z − Ψ_h(z, t))/λ
 *
 * Steps are undone without an equation to solve; rounding grows by λ⁻ⁿ over n steps back, and stability is that of λ < 1.
 * McCallum & Foster 2024, arXiv:2410.11648, eq. 5–6.
 */
export function reversibleSolver({ stages, steps, lambda }: SolverOptions) {
  const grid = ({ from, to }: Span) => {
    const h = (to - from) / steps;
    return { h, time: (n: number) => from + n * h };
  };
  const mean = (y: Values, z: Values) =>
    y.map((v, i) => tf.add(tf.mul(lambda, v), tf.mul(1 - lambda, z[i] ?? 0)));
  const step = (rate: Rate, h: number, t: number, { y, z }: Coupled): Coupled => {
    const next = along(mean(y, z), 1, increment(stages, rate, h, t, z));
    return { y: next, z: along(z, -1, increment(stages, rate, -h, t + h, next)) };
  };
  const undo = (rate: Rate, h: number, t: number, { y, z }: Coupled): Coupled => {
    const before = along(z, 1, increment(stages, rate, -h, t + h, y));
    const moved = increment(stages, rate, h, t, before);
    const drawn = y.map((v, i) => tf.sub(v, tf.add(tf.mul(1 - lambda, before[i] ?? 0), moved[i] ?? 0)));
    return { y: drawn.map((v) => tf.div(v, lambda)), z: before };
  };
  return {
    /** Both solutions at the end, from a start that they share, which stays. */
    solve(rate: Rate, span: Span, start: Values): Coupled {
      const { h, time } = grid(span);
      let at: Coupled = { y: start, z: start };
      for (let n = 0; n < steps; n++) {
        const before = at;
        at = tidy(() => step(rate, h, time(n), before));
        if (n > 0) tf.dispose([...before.y, ...before.z]);
      }
      return at;
    },
    /** The steps backwards, from the last: what undoes each, its time and length. */
    backwards(rate: Rate, span: Span) {
      const { h, time } = grid(span);
      return Array.from({ length: steps }, (_, k) => {
        const t = time(steps - 1 - k);
        return { h, t, undo: (at: Coupled) => undo(rate, h, t, at) };
      });
    },
  };
}

import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, complete, type OneWay, type Weights } from '../bijection';
import { bothWays } from '../directions';
import { zeroPerSample } from '../tensors/channels';
import { tidy } from '../tidy';
import { type Coupled, reversibleSolver, type SolverOptions, type Span } from './reversible-solver';
import type { Rate } from './runge-kutta';
import { incrementPullback, listed, named, type Pulled } from './runge-kutta-pullback';
import type { Cotangents, VelocityField } from './velocity';

/** A bijection that moves along a field. */
export interface Continuous extends Bijection {
  readonly field: VelocityField;
}

/** Both solutions in the middle of the way back, x alone, the cotangents of both and of their log-dets, and those that all steps share. */
interface Swept {
  y: tf.Tensor;
  z: tf.Tensor;
  dy: tf.Tensor;
  dz: tf.Tensor;
  ly: tf.Tensor;
  lz: tf.Tensor;
  shared: tf.Tensor[];
}

/**
 * The flow of a field of velocities over a unit of time, by a reversible solver.
 *
 *     dx/dt = f(x, t; c), from x at 0 to y at 1      log|det J| = ∫ tr ∂f/∂x dt      x: the same from 1 to 0
 *
 * The inverse is that of the flow, and of the solution but for the error of the solver. A gradient finds x from y, and y again
 * from x; then it goes back step by step, undoing each and pulling its cotangents through it: it is the gradient of the discrete
 * solution, in memory that does not depend on the number of steps.
 */
export function continuous(name: string, field: VelocityField, options: SolverOptions): Continuous {
  const solver = reversibleSolver(options);
  const moving =
    (w: Weights, c: tf.Tensor | undefined): Rate =>
    (t, [x]) =>
      x ? [field.velocity(t, x, w, c)] : [];

  const pulledBack = sweep(field, options, moving);

  /** One direction. */
  const way = (span: Span): OneWay => ({
    outputShape: (shape) => [...shape],
    forward(x, w, c) {
      const rate: Rate = (t, [at = x]) => field.rate(t, at, w, c);
      const {
        y: [y = x, logDet = zeroPerSample(x)],
      } = solver.solve(rate, span, [x, zeroPerSample(x)]);
      return { y, logDet };
    },
    pullback(y, dy, dL, w, c) {
      const rate = moving(w, c);
      const {
        y: [x = y],
      } = tidy(() => solver.solve(rate, { from: span.to, to: span.from }, [y]));
      const end = tidy(() => solver.solve(rate, span, [x]));
      const { dx, shared } = pulledBack(end, { x: dy, l: dL }, span, w, c);
      return { x, dx, ...named(shared, w, c) };
    },
    pushforward(x, dx, w, dw, c, dc) {
      const rate: Rate = (t, [at = x, , d = dx]) => [
        ...field.rate(t, at, w, c),
        ...field.pushforward(t, at, { dx: d, dw, dc }, w, c),
      ];
      const none = zeroPerSample(x);
      const {
        y: [y = x, logDet = none, dy = dx, dLogDet = none],
      } = solver.solve(rate, span, [x, none, dx, none]);
      return { y, logDet, dy, dLogDet };
    },
  });

  const map = complete({
    name,
    ...bothWays(way({ from: 0, to: 1 }), way({ from: 1, to: 0 })),
    weights: (shape, condition) => field.weights(shape, condition),
  });
  return { ...map, field };
}

/** The way back, step by step. */
function sweep(
  field: VelocityField,
  options: SolverOptions,
  moving: (w: Weights, c: tf.Tensor | undefined) => Rate,
) {
  const { stages, lambda } = options;
  const solver = reversibleSolver(options);
  /** One step back, and the cotangents of both solutions through it. */
  const stepBack = (
    at: Swept,
    { h, t, undo }: ReturnType<typeof solver.backwards>[number],
    w: Weights,
    c?: tf.Tensor,
  ): Swept => {
    const { dy, dz, ly, lz } = at;
    const [y, z] = [at.y, undo({ y: [at.y], z: [at.z] })];
    const [before = at.z] = z.z;
    const second = incrementPullback(
      stages,
      field,
      { h: -h, t: t + h, x: y },
      { x: tf.neg(dz), l: tf.neg(lz) },
      w,
      c,
    );
    const whole = tf.add(dy, second.dx);
    const first = incrementPullback(stages, field, { h, t, x: before }, { x: whole, l: ly }, w, c);
    return {
      y: z.y[0] ?? y,
      z: before,
      dy: tf.mul(lambda, whole),
      dz: tf.add(dz, tf.add(tf.mul(1 - lambda, whole), first.dx)),
      ly: tf.mul(lambda, ly),
      lz: tf.add(lz, tf.mul(1 - lambda, ly)),
      shared: at.shared.map((sum, i) => tf.add(sum, tf.add(second.shared[i] ?? 0, first.shared[i] ?? 0))),
    };
  };
  /** The cotangents of x, weights and condition, from those at the end, where both solutions are. */
  return (end: Coupled, d: Cotangents, span: Span, w: Weights, c?: tf.Tensor): Pulled => {
    const [y = d.x] = end.y;
    const none = listed(w, c).map((t) => tf.zerosLike(t));
    let at: Swept = {
      y,
      z: end.z[0] ?? y,
      dy: d.x,
      dz: tf.zerosLike(d.x),
      ly: d.l,
      lz: tf.zerosLike(d.l),
      shared: none,
    };
    for (const [k, step] of solver.backwards(moving(w, c), span).entries()) {
      const after = at;
      at = tidy(() => stepBack(after, step, w, c));
      if (k > 0) tf.dispose({ ...after });
    }
    return { dx: tf.add(at.dy, at.dz), shared: at.shared };
  };
}

import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Weights } from '../bijection';
import { checkBijection } from '../check';
import { checkOptions, oneOf, tensor, weightsByName } from '../options';
import { tidy } from '../tidy';

export interface JacobianOptions {
  /** What it is a derivative with respect to. Default 'both'. */
  of?: 'input' | 'weights' | 'both';
  condition?: tf.Tensor;
}

/** A direction in the input and in the weights, or a cotangent of them. What is left out is zero. */
export interface Tangent {
  dx?: tf.Tensor;
  dw?: Weights;
}
/** A direction in the output and in the log-determinant, or a cotangent of them. */
export interface Image {
  dy: tf.Tensor;
  /** [batch] */
  dLogDet: tf.Tensor;
}

/** The Jacobian of (x, w) ↦ (y, log|det ∂y/∂x|) at a point, as a linear operator that is never written out. */
export interface Jacobian {
  readonly y: tf.Tensor;
  readonly logDet: tf.Tensor;
  /** J·(dx, dw). Of weights that are not named the direction is zero. */
  apply(direction: Tangent): Image;
  /** Jᵀ·(dy, dLogDet); dLogDet is zero when left out. */
  adjoint(dy: tf.Tensor, dLogDet?: tf.Tensor): Tangent;
  /**
   * The Gauss–Newton product Jᵀ M J·(dx, dw). M is the Hessian of the loss in (y, log-det): the identity on y and zero on the
   * log-det by default, which is that of ½‖y‖².
   */
  gaussNewton(direction: Tangent, metric?: (image: Image) => Image): Tangent;
  /** Frees y and logDet. */
  dispose(): void;
}

/**
 * The Jacobian of a bijection, a chain or a network at (x, w), in forward and reverse mode, both by the bijection's own calculus.
 * The point is not copied: x, the weights and the condition must live as long as the operator is used.
 *
 * ```ts
 * const net = core.realNvp({ layers: 2, hidden: 8 });
 * const x = tf.randomNormal([4, 2]);
 * const w = core.createWeights(net, x.shape);
 * const J = core.jacobian(net, w, x, { of: 'input' });
 * const { dy, dLogDet } = J.apply({ dx: tf.onesLike(x) });
 * const { dx } = J.adjoint(dy, dLogDet);
 * const product = J.gaussNewton({ dx: dx! });
 * J.dispose();
 * ```
 */
export function jacobian(
  bijection: Bijection,
  w: Weights,
  x: tf.Tensor,
  options: JacobianOptions = {},
): Jacobian {
  checkBijection('jacobian', bijection);
  checkOptions('jacobian', options, { of: oneOf('input', 'weights', 'both'), condition: tensor });
  const { of = 'both', condition: c } = options;
  const { y, logDet } = bijection.forward(x, w, c);
  const zero = (t: tf.Tensor) => tf.zerosLike(t);
  const apply = (direction: Tangent): Image =>
    tf.tidy(() => {
      checkOptions('jacobian', direction, { dx: tensor, dw: weightsByName });
      const { dx, dw = {} } = direction;
      const inX = (of !== 'weights' && dx) || zero(x);
      const inW = Object.fromEntries(
        Object.entries(w).map(([name, t]) => [name, (of !== 'input' && dw[name]) || zero(t)]),
      );
      const { dy, dLogDet } = bijection.pushforward(x, inX, w, inW, c);
      return { dy, dLogDet };
    });
  const adjoint = (dy: tf.Tensor, dLogDet?: tf.Tensor): Tangent =>
    tidy(() => {
      const { dx, dw } = bijection.pullback(y, dy, dLogDet ?? zero(logDet), w, c);
      return { ...(of !== 'weights' && { dx }), ...(of !== 'input' && { dw }) };
    });
  return {
    y,
    logDet,
    apply,
    adjoint,
    gaussNewton: (direction, metric = ({ dy }) => ({ dy, dLogDet: zero(logDet) })) =>
      tidy(() => {
        const { dy, dLogDet } = metric(apply(direction));
        return adjoint(dy, dLogDet);
      }),
    dispose: () => tf.dispose([y, logDet]),
  };
}

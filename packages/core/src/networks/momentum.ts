import * as tf from '@tensorflow/tfjs-core';
import type { Bijection } from '../bijection';
import { additiveCoupling } from '../bijections/additive-coupling';
import { chain } from '../combinators/chain';
import type { Conditioner } from '../conditioners/conditioner';
import type { ConditionerSpec } from '../conditioners/conditioner-of';
import type { NetOptions } from '../conditioners/conv-net';
import { identityNet } from '../conditioners/identity-net';
import { defineBijection, everyRank } from '../define';
import { coupling } from '../engines/coupling';
import { refuse } from '../errors';
import type { Elementwise } from '../transformers/transformer';

export interface MomentumOptions extends NetOptions {
  /** Part γ of the velocity that is kept, within (0, 1]. Default 0.9. */
  gamma?: number;
  /** The residual function f, instead of `hidden`, `kernel` and `activation`: one of our networks as data, or any other. */
  conditioner?: ConditionerSpec | Conditioner;
}

/** u = γv + (1 − γ)h. With γ = 1 the velocity would only drift: then u = v + h. */
function damp(gamma: number): Elementwise {
  const rest = gamma === 1 ? 1 : 1 - gamma;
  const logSlope = () => (gamma === 1 ? null : tf.scalar(Math.log(gamma)));
  const apply = (v: tf.Tensor, h: tf.Tensor) => tf.add(tf.mul(v, gamma), tf.mul(h, rest));
  const undo = (u: tf.Tensor, h: tf.Tensor) => tf.div(tf.sub(u, tf.mul(h, rest)), gamma);
  return {
    parameters: 1,
    apply: (v, h) => ({ u: apply(v, h), logSlope: logSlope() }),
    undo: (u, h) => ({ v: undo(u, h), logSlope: logSlope() }),
    pull: (u, du, _, h) => ({ v: undo(u, h), dv: tf.mul(du, gamma), dh: tf.mul(du, rest) }),
    pullUndo: (v, dv, _, h) => ({
      u: apply(v, h),
      du: tf.div(dv, gamma),
      dh: tf.mul(dv, -rest / gamma),
    }),
    push: (_, dv, __, dh) => ({ du: apply(dv, dh), dLogSlope: null }),
    pushUndo: (_, du, __, dh) => ({ dv: undo(du, dh) }),
  };
}

/**
 * Momentum residual layer: a residual layer whose step goes through a velocity, on a pair of position and velocity.
 *
 *     v′ = γ v + (1 − γ) f(x)      x′ = x + v′      log|det J| = P·C·log γ
 *     x = x′ − v′                  v = (v′ − (1 − γ) f(x)) / γ
 *
 * The inverse divides by γ: each layer gives up log₂(1/γ) bits of the velocity, so float32's rounding of 2⁻²⁴ grows to at
 * most about 2⁻²⁴·γ⁻ⁿ over n layers (γ = 0.9: ten-fold every 22 layers). γ = 1 (v′ = v + f(x)) loses none.
 * x: [batch, …spatial, 2·C], position then velocity.   Sander et al. 2021, arXiv:2102.07870, eq. 2–4.
 */
export const momentum = defineBijection(
  {
    className: 'InvertibleMomentum',
    source: 'Sander et al. 2021, eq. 2–4',
    logDet: 'P·C·log γ',
    axes: everyRank,
  },
  ({ gamma = 0.9, ...options }: MomentumOptions = {}): Bijection => {
    if (!(gamma > 0 && gamma <= 1)) {
      refuse(
        'momentum',
        'gamma within (0, 1]',
        gamma,
        'The inverse divides by it: 0.9 is the default, 1 loses no bits.',
      );
    }
    const velocity = coupling('momentum', { phi: damp(gamma) }, options);
    const position = additiveCoupling({ conditioner: identityNet, flip: true });
    return { ...chain([velocity, position], { keys: ['velocity', 'position'] }), name: 'momentum' };
  },
);

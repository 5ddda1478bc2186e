import { type ExactOptions, exactRule } from '../autodiff/grid';
import type { Bijection } from '../bijection';
import { additiveCoupling } from '../bijections/additive-coupling';
import { chain } from '../combinators/chain';
import { type ConditionerOptions, conditionerRules } from '../conditioners/conditioner-of';
import { identityNet } from '../conditioners/identity-net';
import { defineBijection } from '../define';
import { coupling } from '../engines/coupling';
import { lifted } from '../engines/lifted';
import { refuse } from '../errors';
import { damp } from '../transformers/damp';

/** The network is the residual function f. */
export interface MomentumOptions extends ConditionerOptions, ExactOptions {
  /** Part γ of the velocity that is kept, within (0, 1]. Default 0.9. */
  gamma?: number;
}

/**
 * Momentum residual layer: a residual layer whose step goes through a velocity, on a pair of position and velocity.
 *
 *     v′ = γ v + (1 − γ) f(x)      x′ = x + v′      log|det J| = P·C·log γ
 *     x = x′ − v′                  v = (v′ − (1 − γ) f(x)) / γ
 *
 * The inverse divides by γ: each layer gives up log₂(1/γ) bits of the velocity, so float32's rounding of 2⁻²⁴ grows to at
 * most about 2⁻²⁴·γ⁻ⁿ over n layers (γ = 0.9: ten-fold every 22 layers). γ = 1 (v′ = v + f(x)) loses none, and is the only one that
 * can be exact: a γ below 1 maps several numbers of a grid onto one.
 * x: [batch, …spatial, 2·C], position then velocity.   Sander et al. 2021, arXiv:2102.07870.
 */
export const momentum = defineBijection(
  {
    className: 'InvertibleMomentum',
    source: 'Sander et al. 2021, eq. 2–4',
    logDet: 'P·C·log γ',
    options: {
      ...conditionerRules,
      exact: exactRule,
      gamma: {
        expected: 'within (0, 1]',
        holds: (value) => typeof value === 'number' && value > 1e-3 && value <= 1,
        remedy: 'The inverse divides by it: 0.9 is the default, 1 loses no bits.',
      },
    },
  },
  ({ gamma = 0.9, exact, ...options }: MomentumOptions, name): Bijection => {
    if (exact && gamma !== 1) {
      const remedy = 'Part of a velocity leaves no room on a grid for the bits that it gives up.';
      refuse(name, 'gamma to be 1 where exact is asked for', gamma, remedy);
    }
    const velocity = lifted(name, exact, (lift) => coupling(name, lift(damp(gamma)), options));
    const position = additiveCoupling({ conditioner: identityNet, flip: true, exact });
    return chain([velocity, position], { keys: ['velocity', 'position'] });
  },
);

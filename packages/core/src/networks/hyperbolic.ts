import { type ExactOptions, exactRule } from '../autodiff/grid';
import type { Bijection } from '../bijection';
import { haarSqueeze } from '../bijections/haar-squeeze';
import { chain } from '../combinators/chain';
import { pairwise } from '../combinators/pairwise';
import { reverse } from '../combinators/reverse';
import { leapfrogNet } from '../conditioners/leapfrog-net';
import { defineBijection } from '../define';
import { coupling } from '../engines/coupling';
import { lifted } from '../engines/lifted';
import { between, odd, oneOf, type Rules, whole } from '../options';
import { reflect } from '../transformers/reflect';

export interface HyperbolicOptions extends ExactOptions {
  /** Channels of the hidden layer; fewer than a state has make the operator of low rank. Default: as many as a state has. */
  hidden?: number;
  /** Size of the kernel, odd. Default 3. */
  kernel?: number;
  /** Step α of the scheme. It is stable while α‖K‖² < 4. Default 0.5. */
  step?: number;
  /** Change of resolution of both states, by Haar, before the step: 'down' halves sizes, 'up' doubles them. Default 'same'. */
  action?: 'same' | 'down' | 'up';
}

export const hyperbolicRules: Rules<HyperbolicOptions> = {
  hidden: whole(),
  kernel: odd,
  step: between(0, 100, 'Leave it out for 0.5.'),
  action: oneOf('same', 'down', 'up'),
  exact: exactRule,
};

/**
 * Hyperbolic layer: one leapfrog step of a damped wave equation on a pair of states; the second is the newer.
 *
 *     [x₀, x₁] ↦ [x₁, x₂],  x₂ = 2x₁ − x₀ − α·Kᵀ relu(K x₁ + b)      log|det J| = 0
 *     [x₁, x₂] ↦ [x₀, x₁],  x₀ = 2x₁ − x₂ − α·Kᵀ relu(K x₁ + b)
 *
 * x: [batch, …spatial, 2·C], the two states in the two halves of the channels; `action` needs spatial axes.
 * Lensink, Peters & Haber 2019, arXiv:1905.10484; Peters, Haber & Lensink 2019, arXiv:1912.12137 (low rank).
 */
export const hyperbolic = defineBijection(
  {
    className: 'InvertibleHyperbolic',
    source: 'Lensink et al. 2019, eq. 3.2',
    logDet: '0',
    options: hyperbolicRules,
  },
  ({ step = 0.5, action = 'same', exact, ...net }: HyperbolicOptions, name): Bijection => {
    const conditioner = leapfrogNet({ ...net, step });
    const leapfrog = lifted(name, exact, (lift) =>
      coupling(name, lift(reflect), { flip: true, conditioner }, { swap: true }),
    );
    if (action === 'same') return leapfrog;
    const down = pairwise(haarSqueeze({ exact }));
    return chain([action === 'down' ? down : reverse(down), leapfrog], { keys: ['haar', 'step'] });
  },
);

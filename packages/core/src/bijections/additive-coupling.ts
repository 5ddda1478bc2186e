import { type ExactOptions, exactRule } from '../autodiff/grid';
import { defineBijection } from '../define';
import { type CouplingOptions, coupling, couplingRules } from '../engines/coupling';
import { lifted } from '../engines/lifted';
import { shift } from '../transformers/affine';

export interface AdditiveCouplingOptions extends CouplingOptions, ExactOptions {}

/**
 * Additive coupling: one half of the channels shifts the other half. It preserves volume.
 *
 *     y₁ = x₁      y₂ = x₂ + t(x₁)      log|det J| = 0      x₂ = y₂ − t(y₁)
 *
 * x: [batch, …spatial, channels], channels ≥ 2.   Dinh et al. 2014, arXiv:1410.8516, section 3.2.
 */
export const additiveCoupling = defineBijection(
  {
    className: 'InvertibleAdditiveCoupling',
    source: 'Dinh et al. 2014, 3.2',
    logDet: '0',
    options: { ...couplingRules, exact: exactRule },
  },
  ({ exact, ...options }: AdditiveCouplingOptions, name) =>
    lifted(name, exact, (lift) => coupling(name, lift(shift), options)),
);

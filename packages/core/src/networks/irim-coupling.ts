import { type ExactOptions, exactRule } from '../autodiff/grid';
import type { Bijection } from '../bijection';
import { additiveCoupling } from '../bijections/additive-coupling';
import type { Conv1x1Options } from '../bijections/conv1x1';
import { chain } from '../combinators/chain';
import { reverse } from '../combinators/reverse';
import type { Conditioner } from '../conditioners/conditioner';
import { type ConditionerSpec, conditionerRule } from '../conditioners/conditioner-of';
import { type ResidualBlockOptions, residualBlockRules } from '../conditioners/residual-block';
import { defineBijection } from '../define';
import { listOf, optionsOf, type Rules, whole } from '../options';
import { mixingOf } from './mixing';

export interface IrimCouplingOptions extends Omit<ResidualBlockOptions, 'dilation'>, ExactOptions {
  /** One block for each, the middle convolution of its residual network dilated so much. Default [1]. */
  dilations?: readonly number[];
  /** The network of every block, instead of a gated residual block: one of ours as data, or any other. */
  conditioner?: ConditionerSpec | Conditioner;
  /** The mixing around each block, as for `conv1x1`. Default: 3 reflections, orthogonal; where it is exact, `rotations`. */
  mixing?: Conv1x1Options;
  /** Channels of the part that stays. Default: half. */
  split?: number;
}

const { dilation: _, ...blockRules } = residualBlockRules;

export const irimCouplingRules: Rules<IrimCouplingOptions> = {
  ...blockRules,
  dilations: listOf(whole(), 1),
  conditioner: conditionerRule,
  mixing: optionsOf('conv1x1'),
  split: whole(),
  exact: exactRule,
};

/**
 * The layer of an invertible recurrent inference machine: additive couplings, each between a mixing and its inverse.
 *
 *     x′ = x W      y′ = (x′₁, x′₂ + t(x′₁))      y = y′ W⁻¹      log|det J| = 0
 *
 * t: a residual block with a gated end; one block for each of `dilations`, one after the other, with weights of its own.
 * x: [batch, …spatial, channels ≥ 2].   Putzky & Welling 2019, arXiv:1911.10914.
 */
export const irimCoupling = defineBijection(
  {
    className: 'InvertibleIrimCoupling',
    source: 'Putzky & Welling 2019, 3.2',
    logDet: '0',
    options: irimCouplingRules,
  },
  (
    { dilations = [1], conditioner, mixing = {}, split, exact, ...net }: IrimCouplingOptions,
    name,
  ): Bijection => {
    const mix = mixingOf(name, mixing, exact);
    const block = (dilation: number) => {
      const inside = conditioner ?? { kind: 'residual' as const, gated: true, ...net, dilation };
      const move = additiveCoupling({ conditioner: inside, exact, ...(split !== undefined && { split }) });
      return chain([mix, move, reverse(mix)], { keys: ['mixing', 'coupling', 'mixing'] });
    };
    return chain(dilations.map(block));
  },
);

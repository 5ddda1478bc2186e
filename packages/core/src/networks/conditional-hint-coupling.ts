import type { Bijection } from '../bijection';
import { conditionalAffine } from '../bijections/conditional-affine';
import { conv1x1 } from '../bijections/conv1x1';
import { identity } from '../bijections/identity';
import { byChannels } from '../combinators/by-channels';
import { chain } from '../combinators/chain';
import { embedCondition } from '../combinators/embed-condition';
import { onPart } from '../combinators/on-part';
import { unconditional } from '../combinators/unconditional';
import { defineBijection } from '../define';
import { bodyOf } from '../edge';
import { nestedCoupling } from '../engines/nested-coupling';
import { flag, oneOf, type Rules, whole } from '../options';
import { boundedAffine } from '../transformers/bounded-affine';
import { type HintCouplingOptions, hintCoupling, hintCouplingRules } from './hint-coupling';

export interface ConditionalHintOptions extends Omit<HintCouplingOptions, 'permute'> {
  /** Channels of y, the last ones. Default: half. Only for the lane 'both'. */
  split?: number;
  /** Mix the channels of both before. Default true. */
  permute?: boolean;
  /**
   * 'both': (x, y) ↦ (z_x, z_y), x and y beside each other in the channels. 'x': x ↦ z_x with y as the condition, whose
   * log-det gives p(x|y). 'y': y ↦ z_y. All three read the same weights. Default 'both'.
   */
  lane?: 'both' | 'x' | 'y';
}

export const conditionalHintRules: Rules<ConditionalHintOptions> = {
  ...hintCouplingRules,
  split: whole(),
  permute: flag,
  lane: oneOf('both', 'x', 'y'),
};

/**
 * Conditional HINT: two lanes; the second is a condition of the first.
 *
 *     y′ = y C_y      z_y = f_y(y′)      z_x = eˡ ⊙ f_x(x C_x) + t,  l, t from h(y′)
 *     log|det J| = log|det J_x| + log|det J_y|,   log|det J_x| = Σ l + log|det f_x′| + P·log|det C_x|
 *
 * f_x, f_y: HINT couplings. With normal latents, log p(x|y) = log N(z_x) + log|det J_x|: the lane 'x' alone.
 * x: [batch, …spatial, channels of x + channels of y].   Kruse et al. 2021, arXiv:1905.10687.
 */
export const conditionalHintCoupling = defineBijection(
  {
    className: 'InvertibleConditionalHintCoupling',
    source: 'Kruse et al. 2021, 3.3',
    logDet: 'Σ log s over both lanes',
    options: conditionalHintRules,
  },
  (options: ConditionalHintOptions): Bijection => conditionalHintOf(options),
);

/** `yLane` makes the maps of the lane of y alone, when both run. */
export function conditionalHintOf(
  { split, permute = true, lane = 'both', mixing = {}, leaf, ...rest }: ConditionalHintOptions,
  yLane = (b: Bijection): Bijection => b,
): Bijection {
  const deep = bodyOf(hintCoupling({ ...rest, ...(leaf !== undefined && { leaf }) }));
  const hint = byChannels('hint', (n) => (n < 2 ? identity : deep));
  const mixed = permute ? byChannels('mixing', (n) => (n < 2 ? identity : conv1x1(mixing))) : undefined;
  const fx = mixed ? chain([mixed, hint], { keys: ['mixing', 'hint'] }) : hint;
  if (lane === 'x') {
    const given = chain([unconditional(fx), conditionalAffine(rest)], { keys: ['lanes/moves', 'lanes/net'] });
    return mixed ? embedCondition(given, mixed, 'mixing') : given;
  }
  if (lane === 'y') {
    const [first, keys] = mixed ? [[mixed], ['mixing']] : [[], []];
    return unconditional(chain([...first, hint], { keys: [...keys, 'lanes/stays'] }));
  }
  return byChannels('conditionalHintCoupling', (n) => {
    const ny = split ?? n / 2;
    const inner = { stays: yLane(hint), moves: bodyOf(fx) };
    const phi = boundedAffine(rest);
    const lanes = nestedCoupling('conditionalHintCoupling', phi, inner, { ...rest, flip: true, split: ny });
    const first = mixed && onPart(yLane(mixed), { count: ny, which: 'last' });
    return first ? chain([first, lanes], { keys: ['mixing', 'lanes'] }) : chain([lanes], { keys: ['lanes'] });
  });
}

import type { Bijection } from '../bijection';
import { actNorm } from '../bijections/actnorm';
import { checkSeveral } from '../check';
import { byChannels } from '../combinators/by-channels';
import { chain } from '../combinators/chain';
import { conditionalLane } from '../combinators/conditional-lane';
import { onPart } from '../combinators/on-part';
import { withoutLogDet } from '../combinators/without-log-det';
import { conditionerOf } from '../conditioners/conditioner-of';
import { trains } from '../conditioners/network';
import { bodyOf } from '../edge';
import { refuse } from '../errors';
import { defined, type Rules, seed as seedRule } from '../options';
import {
  type ConditionalHintOptions,
  conditionalHintOf,
  conditionalHintRules,
} from './conditional-hint-coupling';
import { type NormOptions, normRules } from './repeated';

/** The options besides these are those of `conditionalHintCoupling`. */
export interface LanesOptions extends ConditionalHintOptions, NormOptions {
  /** Seed of draws that stay fixed, such as the permutations of mixing 'lu'. Default 0. */
  seed?: number;
}

/** The k-th layer of a network, and whether it is of a pair of lanes. */
type Build = (layer: (k: number) => Bijection, pair: boolean) => Bijection;

export const lanesRules: Rules<LanesOptions> = { ...conditionalHintRules, ...normRules, seed: seedRule };

type Lane = (b: Bijection) => Bijection;

/** A network of conditional HINT couplings for one lane or both, over the same weights; `build` puts the layers together. */
export function lanes(
  name: string,
  { norm = 'actNorm', centred, seed = 0, lane = 'both', split, mixing, ...rest }: LanesOptions,
  build: Build,
): Bijection {
  const normed = () => actNorm(defined({ centred }));
  const options = (k: number) => ({ ...rest, mixing: { seed: seed + k, ...mixing } });
  const countOfY = (n: number) => {
    checkSeveral(name, n);
    if (split !== undefined || n % 2 === 0) return split ?? n / 2;
    const remedy = 'Say how many are those of y with `split`.';
    return refuse(name, 'as many channels of y as of x', `${n} channels of both`, remedy);
  };
  const both = (yLane: Lane) => (k: number) =>
    byChannels(name, (n) => {
      const ny = countOfY(n);
      const coupling = conditionalHintOf({ ...options(k), split: ny }, yLane);
      if (norm === 'none') return chain([coupling], { keys: ['coupling'] });
      const norms = [
        onPart(normed(), { count: n - ny }),
        onPart(yLane(normed()), { count: ny, which: 'last' }),
      ];
      return chain([...norms, coupling], { keys: ['norm/x', 'norm/y', 'coupling'] });
    });
  const ofY = (k: number) => {
    const coupling = conditionalHintOf({ ...options(k), lane: 'y' });
    return norm === 'none'
      ? chain([coupling], { keys: ['coupling'] })
      : chain([normed(), coupling], { keys: ['norm/y', 'coupling'] });
  };
  if (lane === 'both')
    return build(
      both((b) => b),
      true,
    );
  if (lane === 'y') return build(ofY, false);
  // The lane of y runs twice, alone and beside x, and has to be the same map both times.
  if (rest.conditioner && trains(conditionerOf(rest.conditioner))) {
    const expected = "for lane 'x' a conditioner that is the same in training";
    const remedy = "Use one of the networks that are data, such as { kind: 'dense' }, or train both lanes.";
    refuse(name, expected, 'one with a map of its own for training', remedy);
  }
  return conditionalLane(name, {
    both: bodyOf(
      build(
        both((b) => withoutLogDet(bodyOf(b))),
        true,
      ),
    ),
    y: bodyOf(build(ofY, false)),
    count: (x) => split ?? x,
  });
}

import type { Bijection } from '../bijection';
import { actNorm } from '../bijections/actnorm';
import { byChannels } from '../combinators/by-channels';
import { chain } from '../combinators/chain';
import { conditionalLane } from '../combinators/conditional-lane';
import { onPart } from '../combinators/on-part';
import { withoutLogDet } from '../combinators/without-log-det';
import { trains } from '../conditioners/conditioner';
import { refuse } from '../errors';
import { type ConditionalHintOptions, conditionalHintOf } from './conditional-hint-coupling';
import { checkNorm, type Norm } from './repeated';

/** The options besides these are those of `conditionalHintCoupling`. */
export interface LanesOptions extends ConditionalHintOptions {
  /** What comes before each coupling, for each lane: 'actNorm', set from the first batch, or 'none'. Default 'actNorm'. */
  norm?: Norm;
  /** Of what is drawn once and stays, such as the permutations of mixing 'lu'. Default 0. */
  seed?: number;
}

/** The k-th layer of a network, and whether it is of a pair of lanes. */
type Build = (layer: (k: number) => Bijection, pair: boolean) => Bijection;

/** A network of conditional HINT couplings for one lane or both, over the same weights; `build` puts the layers together. */
export function lanes(
  where: string,
  { norm = 'actNorm', seed = 0, lane = 'both', split, mixing, ...rest }: LanesOptions,
  build: Build,
): Bijection {
  checkNorm(where, norm);
  const training = trains(rest.conditioner);
  const options = (k: number) => ({ ...rest, mixing: { seed: seed + k, ...mixing } });
  const countOfY = (n: number) => {
    if (split !== undefined || n % 2 === 0) return split ?? n / 2;
    refuse(
      where,
      'as many channels of y as of x',
      `${n} channels of both`,
      'Say how many are those of y with `split`.',
    );
  };
  const both = (yLane: (b: Bijection) => Bijection) => (k: number) =>
    byChannels(
      where,
      (n) => {
        const ny = countOfY(n);
        const coupling = conditionalHintOf({ ...options(k), split: ny }, yLane);
        if (norm === 'none') return chain([coupling], { keys: ['coupling'] });
        const norms = [
          onPart(actNorm(), { count: n - ny }),
          onPart(yLane(actNorm()), { count: ny, which: 'last' }),
        ];
        return chain([...norms, coupling], { keys: ['norm/x', 'norm/y', 'coupling'] });
      },
      { trains: training, initializes: norm !== 'none' },
    );
  const ofY = (k: number) => {
    const coupling = conditionalHintOf({ ...options(k), lane: 'y' });
    return norm === 'none'
      ? chain([coupling], { keys: ['coupling'] })
      : chain([actNorm(), coupling], { keys: ['norm/y', 'coupling'] });
  };
  switch (lane) {
    case 'both':
      return {
        ...build(
          both((b) => b),
          true,
        ),
        name: where,
      };
    case 'y':
      return { ...build(ofY, false), name: where };
    case 'x':
      // The lane of y runs twice, alone and beside x, and has to be the same map both times.
      if (training) {
        refuse(
          where,
          "for lane 'x' a conditioner that is the same in training",
          'one with a map of its own for training',
          "Use one of the networks that are data, such as { kind: 'dense' }, or train both lanes.",
        );
      }
      return conditionalLane(where, {
        both: build(both(withoutLogDet), true),
        y: build(ofY, false),
        count: (x) => split ?? x,
      });
    default:
      refuse(where, "lane 'both', 'x' or 'y'", JSON.stringify(lane), "Leave it out for 'both'.");
  }
}

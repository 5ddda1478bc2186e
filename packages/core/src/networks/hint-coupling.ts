import { type Exact, type ExactOptions, exactRule } from '../autodiff/grid';
import type { Bijection } from '../bijection';
import { type AffineCouplingOptions, innerCouplingRules } from '../bijections/affine-coupling';
import type { Conv1x1Options } from '../bijections/conv1x1';
import { identity } from '../bijections/identity';
import { byChannels } from '../combinators/by-channels';
import { chain } from '../combinators/chain';
import { reverse } from '../combinators/reverse';
import { defineBijection } from '../define';
import { bodyOf } from '../edge';
import { coupling } from '../engines/coupling';
import type { HalvesOptions } from '../engines/halves';
import { lifted } from '../engines/lifted';
import { nestedCoupling } from '../engines/nested-coupling';
import { refuse } from '../errors';
import { flag, oneOf, optionsOf, type Rules, whole } from '../options';
import { shift } from '../transformers/affine';
import { boundedAffine, boundedAffineRules } from '../transformers/bounded-affine';
import type { Transformer } from '../transformers/transformer';
import { mixingOf } from './mixing';

export type HintPermutation = 'none' | 'lower' | 'full' | 'both';

export interface HintCouplingOptions extends Omit<AffineCouplingOptions, keyof HalvesOptions> {
  /** A part of at most this many channels gets one coupling and is not divided further. Default 4; 1 for a full triangle. */
  leaf?: number;
  /**
   * Mixing of channels: of the second half before it moves ('lower'), of all before ('full'), of all before and back after
   * with the same matrix ('both'). Default 'none'.
   */
  permute?: HintPermutation;
  /** The mixing, as for `conv1x1`. */
  mixing?: Conv1x1Options;
}

export const hintCouplingRules: Rules<HintCouplingOptions> = {
  ...innerCouplingRules,
  leaf: whole(),
  permute: oneOf('none', 'lower', 'full', 'both'),
  mixing: optionsOf('conv1x1'),
};

/** Those of one coupling by itself, too. */
export interface LiftedHintOptions extends HintCouplingOptions, ExactOptions {
  /** Nodes that only shift, y₂ = g(x₂) + t: volume is kept, and the map can be exact. Default false. */
  additive?: boolean;
}

export const liftedHintRules: Rules<LiftedHintOptions> = {
  ...hintCouplingRules,
  additive: flag,
  exact: exactRule,
};

/**
 * HINT: a coupling whose two halves are HINT couplings of their own, so that the Jacobian becomes triangular by and by.
 *
 *     y₁ = f(x₁)      y₂ = eˡ ⊙ g(x₂) + t,  l, t from h(x₁)      log|det J| = Σ l + log|det f′| + log|det g′|
 *
 * f, g: the same for each half, down to `leaf` channels, each node with weights of its own. A number of channels that is
 * odd is divided with the smaller half first.
 * x: [batch, …spatial, channels ≥ 2].   Kruse et al. 2021, arXiv:1905.10687.
 */
export const hintCoupling = defineBijection(
  {
    className: 'InvertibleHintCoupling',
    source: 'Kruse et al. 2021, alg. 1',
    logDet: 'Σ log s over all nodes',
    options: liftedHintRules,
  },
  (
    { leaf = 4, permute = 'none', mixing = {}, additive = false, exact, ...options }: LiftedHintOptions,
    name,
  ): Bijection =>
    lifted(name, exact, (lift) => {
      checkAdditive(name, additive, exact, options);
      const phi: Transformer = additive ? lift(shift) : boundedAffine(options);
      const { fewest = 1 } = phi;
      const half = (n: number) => Math.floor(n / 2);
      const node = (n: number, moves = child(n - half(n), n)): Bijection => {
        const [stays, own] = [child(half(n), n), { ...options, split: half(n) }];
        if (stays === identity && moves === identity) return coupling(name, phi, own);
        return nestedCoupling(name, phi, { stays, moves: bodyOf(moves) }, own);
      };
      const child = (n: number, parent: number): Bijection =>
        parent <= leaf || n < 1 + fewest ? identity : node(n);
      const moved = (n: number) => child(n - half(n), n);
      return byChannels(name, (n) => {
        checkParts(name, n, leaf);
        return compositions[permute]({
          node: (g) => node(n, g ?? moved(n)),
          moved: moved(n),
          mix: mixingOf(name, mixing, exact),
        });
      });
    }),
);

/** Parts are counted, so that a slip of the pen, or a file, does not eat the memory: each has a network of its own. */
const mostParts = 1024;

function checkParts(name: string, channels: number, leaf: number): void {
  if (channels <= mostParts * leaf) return;
  const expected = `at most ${mostParts * leaf} channels, ${mostParts} parts of ${leaf}`;
  refuse(name, expected, channels, 'Raise leaf.');
}

/** Refuses scales where there are none, and where they would be rounded. */
function checkAdditive(name: string, additive: boolean, exact: Exact | undefined, options: object): void {
  if (exact && !additive) {
    refuse(name, 'additive: true where exact is asked for', 'nodes that scale', 'A product is rounded.');
  }
  const scaling = Object.keys(boundedAffineRules).find((option) => option in options);
  if (additive && scaling !== undefined) {
    refuse(name, 'no options of a scale where nodes are additive', scaling, 'Leave it out.');
  }
}

interface Blocks {
  /** The coupling, with another map of the half that moves, if one is given. */
  node(moves?: Bijection): Bijection;
  moved: Bijection;
  mix: Bijection;
}

const compositions: Record<HintPermutation, (blocks: Blocks) => Bijection> = {
  none: ({ node }) => node(),
  lower: ({ node, moved, mix }) => node(chain([mix, moved], { keys: ['mixing', 'hint'] })),
  full: ({ node, mix }) => chain([mix, node()], { keys: ['mixing', 'hint'] }),
  both: ({ node, mix }) => chain([mix, node(), reverse(mix)], { keys: ['mixing', 'hint', 'mixing'] }),
};

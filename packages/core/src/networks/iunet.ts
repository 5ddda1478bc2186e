import { type ExactOptions, exactRule } from '../autodiff/grid';
import type { Bijection, Shape } from '../bijection';
import { additiveCoupling } from '../bijections/additive-coupling';
import {
  type AffineCouplingOptions,
  affineCoupling,
  innerCouplingRules,
} from '../bijections/affine-coupling';
import type { Conv1x1Options } from '../bijections/conv1x1';
import { byChannels } from '../combinators/by-channels';
import { chain } from '../combinators/chain';
import { onPart } from '../combinators/on-part';
import { reverse } from '../combinators/reverse';
import { checkSizes } from '../conditioners/check';
import { defineBijection, spatialRanks } from '../define';
import type { HalvesOptions } from '../engines/halves';
import { refuse } from '../errors';
import { between, defined, oneOf, optionsOf, whole } from '../options';
import { mostLayers } from './alternating';
import { mixingOf } from './mixing';
import { type OrthogonalDownsamplingOptions, orthogonalDownsampling } from './orthogonal-downsampling';

export interface IunetOptions extends Omit<AffineCouplingOptions, keyof HalvesOptions>, ExactOptions {
  /** Times that the resolution halves. Default 2. */
  levels?: number;
  /** Couplings on each level, of the way down and again of the way up. Default 2. */
  couplings?: number;
  /** 'additive' keeps volume; 'affine' scales too, within the bounds of its options. Default 'additive'. */
  coupling?: 'additive' | 'affine';
  /** Part of the channels that goes down to the next level, within (0, 1). Default ½. */
  share?: number;
  /** The learned change of resolution, as for `orthogonalDownsampling`. */
  downsampling?: OrthogonalDownsamplingOptions;
  /** The mixing of channels before each group of couplings, as for `conv1x1`. Where it is exact, `rotations`. */
  mixing?: Conv1x1Options;
}

/**
 * Invertible U-Net: on each level some channels go down to the next one and come back, the others wait for them.
 *
 *     uₗ = f′ₗ ∘ (D′⁻¹ ∘ uₗ₊₁ ∘ D on the first channels) ∘ fₗ      log|det J| = that of all couplings
 *
 * fₗ, f′ₗ: a mixing of channels and couplings whose parts take turns, on the last level fₗ alone; D, D′: learned orthogonal
 * down-samplings. Sizes, which 2^levels must divide, return at the end. Fresh, it is an orthogonal map.
 * x: [batch, …1 to 3 spatial axes, channels ≥ 2]. Half of the channels going down doubles them in images.
 * Etmann, Ke & Schönlieb 2020, arXiv:2005.05220.
 *
 * ```ts
 * const net = core.iunet({ levels: 2, couplings: 3, hidden: 8 });
 * const x = tf.randomNormal([1, 8, 8, 4]);
 * const w = core.createWeights(net, x.shape);
 * const { y } = core.reversible(net)(x, w); // [1, 8, 8, 4]
 * ```
 */
export const iunet = defineBijection(
  {
    className: 'InvertibleIunet',
    source: 'Etmann et al. 2020',
    logDet: '0, or Σ log s',
    axes: spatialRanks,
    options: {
      ...innerCouplingRules,
      levels: whole(0, 30),
      couplings: whole(1, mostLayers),
      coupling: oneOf('additive', 'affine'),
      share: between(0, 1, 'Leave it out for ½.'),
      downsampling: optionsOf('orthogonalDownsampling'),
      mixing: optionsOf('conv1x1'),
      exact: exactRule,
    },
  },
  ({ levels = 2, share = 0.5, downsampling = {}, ...options }: IunetOptions, name): Bijection => {
    const steps = stepsOf(name, options);
    const sample = () => orthogonalDownsampling({ exact: options.exact, ...downsampling });
    const level = (l: number): Bijection =>
      byChannels(name, (n) => {
        if (n < 2) {
          refuse(name, 'at least 2 channels', n, 'Squeeze the input first, or let more channels go down.');
        }
        if (l === levels) return steps(n);
        const below = chain([sample(), level(l + 1), reverse(sample())], { keys: ['down', 'level', 'up'] });
        const count = Math.min(n - 1, Math.max(1, Math.round(share * n)));
        return chain([steps(n), onPart(below, { count }), steps(n)], { keys: ['encode', 'below', 'decode'] });
      });
    const top = level(0);
    const same = (shape: Shape) => {
      checkSizes(name, shape, 2 ** levels);
      return top.outputShape(shape);
    };
    return { ...top, outputShape: same, inputShape: same };
  },
);

/** A mixing and couplings of n channels, whose halves take turns. */
function stepsOf(
  name: string,
  {
    couplings = 2,
    coupling = 'additive',
    mixing = {},
    exact,
    ...options
  }: Pick<IunetOptions, 'couplings' | 'coupling' | 'mixing' | 'exact'> & AffineCouplingOptions,
) {
  if (exact && coupling === 'affine') {
    refuse(name, "coupling 'additive' where exact is asked for", coupling, 'A product is rounded.');
  }
  const { hidden, kernel, activation, conditioner } = options;
  const net = defined({ hidden, kernel, activation, conditioner });
  const make = (sides: { flip: boolean; split: number }) =>
    coupling === 'additive'
      ? additiveCoupling({ ...net, ...sides, exact })
      : affineCoupling({ ...options, ...sides });
  const turn = (n: number, flip: boolean) =>
    make({ flip, split: flip ? Math.ceil(n / 2) : Math.floor(n / 2) });
  return (n: number) =>
    chain([
      mixingOf(name, mixing, exact),
      ...Array.from({ length: couplings }, (_, k) => turn(n, k % 2 === 1)),
    ]);
}

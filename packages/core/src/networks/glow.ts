import type { Bijection } from '../bijection';
import { additiveCoupling } from '../bijections/additive-coupling';
import {
  type AffineCouplingOptions,
  affineCoupling,
  innerCouplingRules,
} from '../bijections/affine-coupling';
import { type Conv1x1Options, conv1x1 } from '../bijections/conv1x1';
import { checkSeveral } from '../check';
import { byChannels } from '../combinators/by-channels';
import { chain } from '../combinators/chain';
import { defineBijection } from '../define';
import type { HalvesOptions } from '../engines/halves';
import { defined, oneOf, optionsOf, type Rules, seed as seedRule, whole } from '../options';
import { mostLayers } from './alternating';
import { glowCoupling } from './glow-coupling';
import { hintCoupling } from './hint-coupling';
import { type MultiscaleOptions, multiscale, multiscaleRules, ofSample } from './multiscale';
import { type NormOptions, normChanges, normRules, repeated } from './repeated';

/** The options besides these are those of the couplings: hidden, kernel, activation, conditioner, scale, clamp, …. */
export interface GlowOptions
  extends MultiscaleOptions,
    NormOptions,
    Omit<AffineCouplingOptions, keyof HalvesOptions> {
  /** Steps of flow at each scale. Default 4. */
  steps?: number;
  /** The mixing of channels before each coupling, as for `conv1x1`. */
  mixing?: Conv1x1Options;
  /** Default 'affine'. */
  coupling?: 'affine' | 'additive' | 'hint';
  /** Of 'hint': parts of so many channels are not divided further. Default 4. */
  leaf?: number;
  /** Channels that leave at a split are scaled and shifted by a network of those that go on, or are not. Default 'conditional'. */
  prior?: 'conditional' | 'none';
  /** Seed of draws that stay fixed, such as the permutations of mixing 'lu'. Default 0. */
  seed?: number;
}

export const glowRules: Rules<GlowOptions> = {
  ...innerCouplingRules,
  ...multiscaleRules,
  steps: whole(1, mostLayers),
  ...normRules,
  mixing: optionsOf('conv1x1'),
  coupling: oneOf('affine', 'additive', 'hint'),
  leaf: whole(),
  prior: oneOf('conditional', 'none'),
  seed: seedRule,
};

/**
 * Glow: at every scale a squeeze and steps of flow, then half of the channels leave as latents.
 *
 *     step     h ↦ coupling(actNorm(h) W)                 log|det J| = Σ over all of them
 *     leaves   z₂ = eˡ ⊙ h₂ + t,  l, t from net(h₁)       a learned Gaussian of h₂ given h₁; next scale: h₁
 *
 * x: [batch, …spatial, channels]; with splits z: [batch, all numbers of a sample], coarse before fine, otherwise the shape of
 * the last scale. Vectors are split too, but not squeezed.   Kingma & Dhariwal 2018, arXiv:1807.03039, section 3 and figure 2.
 *
 * ```ts
 * const flow = core.glow({ shape: [8, 8, 1], scales: 2, steps: 2, hidden: 8 });
 * const x = tf.randomNormal([5, 8, 8, 1]);
 * const w = core.initialize(flow, x);
 * const { y: z, logDet } = flow.forward(x, w); // [5, 64] and [5]
 * const back = flow.inverse(z, w).x;
 * ```
 */
export const glow = defineBijection<GlowOptions>(
  {
    className: 'InvertibleGlow',
    source: 'Kingma & Dhariwal 2018, 3',
    logDet: 'Σ over scales and steps',
    seeded: true,
    changedDefaults: normChanges,
    complete: ofSample,
    options: glowRules,
  },
  (options: GlowOptions, name): Bijection => glowOf(name, options),
);

/** Glow under another name, which may be told a condition. */
export function glowOf(name: string, options: GlowOptions, conditional = false): Bijection {
  const { shape, scales, squeeze, split, ...flow } = options;
  const { steps = 4, norm, centred, coupling = 'affine', prior = 'conditional', seed = 0, ...rest } = flow;
  const { mixing, leaf, ...net } = rest;
  const step = (k: number) => {
    const own = { ...net, ...(leaf !== undefined && { leaf }), mixing: { seed: seed + k, ...mixing } };
    return byChannels(coupling, (n) => {
      checkSeveral(name, n);
      return couplings[coupling](own, n);
    });
  };
  return multiscale(
    name,
    { shape, scales, squeeze, split },
    {
      steps: (scale) => repeated(steps, { norm, centred }, (k) => step(scale * steps + k)),
      ...(prior === 'conditional' && { prior: (kept: number) => affineCoupling({ ...net, split: kept }) }),
      conditional,
    },
  );
}

type StepOptions = Pick<GlowOptions, 'leaf'> & AffineCouplingOptions & { mixing: Conv1x1Options };

/** Mixing and coupling of n channels; an odd one moves. */
const couplings: Record<
  NonNullable<GlowOptions['coupling']>,
  (options: StepOptions, n: number) => Bijection
> = {
  affine: ({ leaf: _, ...options }, n) => glowCoupling({ ...options, split: Math.floor(n / 2) }),
  additive: ({ leaf: _, mixing, ...options }, n) => {
    const { hidden, kernel, activation, conditioner } = options;
    const net = defined({ hidden, kernel, activation, conditioner });
    return chain([conv1x1(mixing), additiveCoupling({ ...net, split: Math.floor(n / 2) })], {
      keys: ['mixing', 'coupling'],
    });
  },
  hint: (options) => hintCoupling({ ...options, permute: 'full' }),
};

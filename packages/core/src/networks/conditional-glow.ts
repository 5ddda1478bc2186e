import type { Bijection } from '../bijection';
import { actNorm } from '../bijections/actnorm';
import { embedCondition } from '../combinators/embed-condition';
import { defineBijection } from '../define';
import { defined } from '../options';
import { type GlowOptions, glowOf, glowRules } from './glow';
import { ofSample } from './multiscale';
import { type Norm, normChanges, normRule } from './repeated';

export interface ConditionalGlowOptions extends GlowOptions {
  /** What the condition goes through first: 'actNorm', set from the first batch, or 'none'. Default 'actNorm'. */
  conditionNorm?: Norm;
}

/**
 * Conditional Glow: every network inside, those of the learned priors too, reads the condition beside its own input.
 *
 *     step     h ↦ coupling(actNorm(h) W; cₖ)      c₀ = actNorm(c), cₖ = squeeze(cₖ₋₁) at scale k
 *     log|det J| = Σ over scales and steps; maps of the condition do not count
 *
 * x as for `glow`; c: [batch, features], the same at every scale and pixel, or [batch, …spatial of x, channels], squeezed along with x.
 * Ardizzone et al. 2019, arXiv:1907.02392; Kingma & Dhariwal 2018, arXiv:1807.03039.
 *
 * ```ts
 * const flow = core.conditionalGlow({ shape: [4, 4, 2], scales: 2, steps: 2, hidden: 8 });
 * const w = core.createWeights(flow, [1, 4, 4, 2], { condition: [1, 4, 4, 1] });
 * const c = tf.randomNormal([5, 4, 4, 1]);
 * const z = tf.randomNormal([5, 32]);
 * const { x } = flow.inverse(z, w, c); // five samples, one for each condition
 * ```
 */
export const conditionalGlow = defineBijection<ConditionalGlowOptions>(
  {
    className: 'InvertibleConditionalGlow',
    source: 'Ardizzone et al. 2019, 3',
    logDet: 'Σ over scales and steps',
    seeded: true,
    changedDefaults: normChanges,
    complete: ofSample,
    options: { ...glowRules, conditionNorm: normRule },
  },
  ({ conditionNorm = 'actNorm', ...options }: ConditionalGlowOptions, name): Bijection => {
    const flow = glowOf(name, options, true);
    if (conditionNorm === 'none') return flow;
    return embedCondition(flow, actNorm(defined({ centred: options.centred })), 'conditionNorm');
  },
);

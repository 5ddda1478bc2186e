import type { Bijection } from '../bijection';
import { defineBijection } from '../define';
import { type GlowOptions, glowOf, glowRules } from './glow';
import { ofSample } from './multiscale';
import { normChanges } from './repeated';

/** Those of `glow`; here 'haar' is the default squeeze. */
export type MultiscaleHintOptions = Omit<GlowOptions, 'coupling'>;

const { coupling: _, ...rules } = glowRules;

/**
 * HINT at several scales: Glow with recursive couplings and Haar squeezes.
 *
 *     step   h ↦ hint(actNorm(h) W)      log|det J| = Σ over scales and steps
 *
 * x, z and splits as for `glow`.   Kruse et al. 2021, arXiv:1905.10687; Kingma & Dhariwal 2018, arXiv:1807.03039.
 *
 * ```ts
 * const flow = core.multiscaleHint({ shape: [8, 8, 1], scales: 2, steps: 2, hidden: 8 });
 * const w = core.createWeights(flow, [1, 8, 8, 1]);
 * const { y: z, logDet } = flow.forward(tf.randomNormal([5, 8, 8, 1]), w); // [5, 64] and [5]
 * ```
 */
export const multiscaleHint = defineBijection<MultiscaleHintOptions>(
  {
    className: 'InvertibleMultiscaleHint',
    source: 'Kruse et al. 2021, 3.1',
    logDet: 'Σ over scales and steps',
    seeded: true,
    changedDefaults: normChanges,
    complete: ofSample,
    options: rules,
  },
  (options: MultiscaleHintOptions, name): Bijection =>
    glowOf(name, { squeeze: 'haar', ...options, coupling: 'hint' }),
);

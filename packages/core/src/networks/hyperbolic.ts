import * as tf from '@tensorflow/tfjs-core';
import type { Bijection } from '../bijection';
import { haarSqueeze } from '../bijections/haar-squeeze';
import { chain } from '../combinators/chain';
import { pairwise } from '../combinators/pairwise';
import { reverse } from '../combinators/reverse';
import { leapfrogNet } from '../conditioners/leapfrog-net';
import { defineBijection, everyRank } from '../define';
import { coupling } from '../engines/coupling';
import { refuse } from '../errors';
import type { Elementwise } from '../transformers/transformer';

export interface HyperbolicOptions {
  /** Channels of the hidden layer; fewer than a state has make the operator of low rank. Default: as many as a state has. */
  hidden?: number;
  /** Size of the kernel, odd. Default 3. */
  kernel?: number;
  /** Step α of the scheme. It is stable while α‖K‖² < 4. Default 0.5. */
  step?: number;
  /** Change of resolution of both states, by Haar, before the step: 'down' halves sizes, 'up' doubles them. Default 'same'. */
  action?: 'same' | 'down' | 'up';
}

/** u = h − v: its slope is −1. */
const reflect: Elementwise = {
  parameters: 1,
  apply: (v, h) => ({ u: tf.sub(h, v), logSlope: null }),
  undo: (u, h) => ({ v: tf.sub(h, u), logSlope: null }),
  pull: (u, du, _, h) => ({ v: tf.sub(h, u), dv: tf.neg(du), dh: du }),
  pullUndo: (v, dv, _, h) => ({ u: tf.sub(h, v), du: tf.neg(dv), dh: dv }),
  push: (_, dv, __, dh) => ({ du: tf.sub(dh, dv), dLogSlope: null }),
  pushUndo: (_, du, __, dh) => ({ dv: tf.sub(dh, du) }),
};

/**
 * Hyperbolic layer: one leapfrog step of a damped wave equation on a pair of states, the second of which is the newer.
 *
 *     [x₀, x₁] ↦ [x₁, x₂],  x₂ = 2x₁ − x₀ − α·Kᵀ relu(K x₁ + b)      log|det J| = 0
 *     [x₁, x₂] ↦ [x₀, x₁],  x₀ = 2x₁ − x₂ − α·Kᵀ relu(K x₁ + b)
 *
 * x: [batch, …spatial, 2·C], the two states in the two halves of the channels; `action` needs spatial axes.
 * Lensink, Peters & Haber 2019, arXiv:1905.10484, eq. 3.2; Peters & Haber 2019, arXiv:1912.12137 (low rank).
 */
export const hyperbolic = defineBijection(
  {
    className: 'InvertibleHyperbolic',
    source: 'Lensink et al. 2019, eq. 3.2',
    logDet: '0',
    axes: everyRank,
  },
  ({ step = 0.5, action = 'same', ...net }: HyperbolicOptions = {}): Bijection => {
    if (!(step > 0 && step < 100) || !['same', 'down', 'up'].includes(action)) {
      refuse(
        'hyperbolic',
        "a step above 0 and action 'same', 'down' or 'up'",
        `step ${step}, action ${JSON.stringify(action)}`,
        'Leave them out for 0.5 and the same resolution.',
      );
    }
    const leapfrog = coupling(
      'hyperbolic',
      { phi: reflect, swap: true },
      { flip: true, conditioner: leapfrogNet({ ...net, step }) },
    );
    if (action === 'same') return leapfrog;
    const down = pairwise(haarSqueeze());
    return chain([action === 'down' ? down : reverse(down), leapfrog], { keys: ['haar', 'step'] });
  },
);

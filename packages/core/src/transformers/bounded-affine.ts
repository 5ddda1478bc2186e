import { flag, type Rules } from '../options';
import { affine } from './affine';
import { type ScaleOptions, scaleOf, scaleRules } from './scale';

export interface BoundedAffineOptions extends ScaleOptions {
  /** Preserve volume: the log-scales of a pixel are made to sum to zero. Needs two channels that move. Default false. */
  volumePreserving?: boolean;
}

export const boundedAffineRules: Rules<BoundedAffineOptions> = { ...scaleRules, volumePreserving: flag };

/** u = eˡ ⊙ v + t, l a bounded log-scale: the affine map of couplings and of conditions. */
export const boundedAffine = ({ volumePreserving = false, ...scale }: BoundedAffineOptions) =>
  affine({ scale: scaleOf(scale), volumePreserving });

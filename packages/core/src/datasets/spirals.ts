import { within } from '../options';
import { defineDataset, square } from './dataset';

export interface SpiralsOptions {
  /** Deviation about the arms. Default 0.1. */
  noise?: number;
}

/** The largest angle: one and a half turns. */
const turns = 3 * Math.PI;

/**
 * Two arms of an Archimedean spiral, opposite each other, with normal noise.
 *
 *     (x, y) = ±φ/3·(−cos φ, sin φ) + noise·ε      φ = √U · 3π
 *
 * Grathwohl et al. 2019, arXiv:1810.01367, section 4.1.
 */
export const spirals = defineDataset(
  'spirals',
  { noise: within(0, 1e3) },
  ({ noise = 0.1 }: SpiralsOptions = {}) => {
    const reach = turns / 3 + 4 * noise;
    return {
      draw({ uniform, normal, whole }) {
        const phi = Math.sqrt(uniform()) * turns;
        const radius = ((2 * whole(2) - 1) * phi) / 3;
        return [-radius * Math.cos(phi) + normal(noise), radius * Math.sin(phi) + normal(noise)];
      },
      window: square(-reach, reach),
    };
  },
);

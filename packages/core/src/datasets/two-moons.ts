import { within } from '../options';
import { defineDataset } from './dataset';

export interface TwoMoonsOptions {
  /** Deviation about the arcs. Default 0.1. */
  noise?: number;
}

/**
 * Two half circles that reach into each other, with normal noise.
 *
 *     (cos φ, sin φ) or (1 − cos φ, ½ − sin φ), + noise·ε      φ uniform on [0, π)
 */
export const twoMoons = defineDataset(
  'twoMoons',
  { noise: within(0, 1e3) },
  ({ noise = 0.1 }: TwoMoonsOptions = {}) => ({
    draw({ uniform, normal, whole }) {
      const phi = uniform(0, Math.PI);
      const [x, y] = [Math.cos(phi), Math.sin(phi)];
      const [e1, e2] = [normal(noise), normal(noise)];
      return whole(2) === 0 ? [x + e1, y + e2] : [1 - x + e1, 0.5 - y + e2];
    },
    window: [
      [-1 - 4 * noise, 2 + 4 * noise],
      [-0.5 - 4 * noise, 1 + 4 * noise],
    ],
  }),
);

import { within } from '../options';
import { defineDataset, square } from './dataset';

export interface SwirlOptions {
  /** Width of the arm. Default 1. */
  noise?: number;
}

/** The largest angle: 800 degrees. */
const turns = (800 * 2 * Math.PI) / 360;

/**
 * One arm of an Archimedean spiral, as wide as its noise.
 *
 *     x = −φ cos φ + noise·U₁      y = φ sin φ + noise·U₂      φ = √U₃ · 800°,  U uniform on [0, 1)
 */
export const swirl = defineDataset(
  'swirl',
  { noise: within(0, 1e3) },
  ({ noise = 1 }: SwirlOptions = {}) => ({
    draw({ uniform }) {
      const phi = Math.sqrt(uniform()) * turns;
      return [-phi * Math.cos(phi) + noise * uniform(), phi * Math.sin(phi) + noise * uniform()];
    },
    window: square(-turns, turns + noise),
  }),
);

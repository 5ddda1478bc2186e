import { whole, within } from '../options';
import { defineDataset, square } from './dataset';

export interface PinwheelOptions {
  /** Default 5. */
  arms?: number;
  /** How far the arms turn. Default 0.25. */
  rate?: number;
}

/**
 * Normal distributions about the origin, each stretched along an arm and turned the more the further out.
 *
 *     (a, b) ~ N((1, 0), diag(0.3², 0.1²))      x = 2·R(2πk/K + rate·eᵃ) (a, b)
 *
 * Johnson et al. 2016, arXiv:1603.06277, section 5.1.
 */
export const pinwheel = defineDataset(
  'pinwheel',
  { arms: whole(), rate: within(-1e3, 1e3) },
  ({ arms = 5, rate = 0.25 }: PinwheelOptions = {}) => ({
    draw({ normal, whole }) {
      const [a, b] = [1 + normal(0.3), normal(0.1)];
      const phi = (2 * Math.PI * whole(arms)) / arms + rate * Math.exp(a);
      return [2 * (a * Math.cos(phi) - b * Math.sin(phi)), 2 * (a * Math.sin(phi) + b * Math.cos(phi))];
    },
    window: square(-4.4, 4.4),
  }),
);

import type { Scene } from '../data/landsat';
import type { Draws } from './draws';

const [red, infrared] = [2, 3];

/** Normalised difference of near infrared and red of a pixel: vegetation is above 0.2, bare soil and town are about 0. */
export function greenness(values: Float32Array, at: number): number {
  const [r, n] = [values[at + red]!, values[at + infrared]!];
  return (n - r) / (n + r);
}

/** Land that becomes other land. */
export type Cover = 'vegetation' | 'bare';
const holds: Record<Cover, (ndvi: number) => boolean> = {
  vegetation: (ndvi) => ndvi > 0.2,
  bare: (ndvi) => ndvi < 0,
};

/** Pixels of a plot, as steps from its middle: a rectangle, or an ellipse, turned. */
export interface Plot {
  steps: readonly (readonly [dy: number, dx: number])[];
}

export function drawPlot(draws: Draws, longest: number): Plot {
  const [a, b] = [draws.within(3.5, longest), draws.within(3.5, longest)];
  const angle = draws.within(0, Math.PI);
  const round = draws.within(0, 1) < 0.4;
  const [cos, sin, reach] = [Math.cos(angle), Math.sin(angle), Math.ceil(Math.hypot(a, b))];
  const steps: [number, number][] = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const [u, v] = [(cos * dx + sin * dy) / a, (cos * dy - sin * dx) / b];
      if (round ? u * u + v * v <= 1 : Math.abs(u) <= 1 && Math.abs(v) <= 1) steps.push([dy, dx]);
    }
  }
  return { steps };
}

/** The share of a plot at (y, x) of the scene that has a cover; none where it leaves the scene. */
export function shareOf(
  { side, bands, values }: Scene,
  plot: Plot,
  [y, x]: readonly [number, number],
  cover: Cover,
): number {
  let count = 0;
  for (const [dy, dx] of plot.steps) {
    const [row, column] = [y + dy, x + dx];
    if (row < 0 || column < 0 || row >= side || column >= side) return 0;
    if (holds[cover](greenness(values, (row * side + column) * bands.length))) count++;
  }
  return count / plot.steps.length;
}

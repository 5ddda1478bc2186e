import type { Scene } from '../data/landsat';
import type { Draws } from './draws';

/** What a dry season leaves of the light of each band where plants stand, and what the lower sun leaves of every band. */
const dry = [1.08, 1.06, 1.35, 0.72, 1.22, 1.35];
const sun = [0.93, 0.92, 0.9, 0.88, 0.86, 0.86];
/** Digital numbers that haze adds in one corner. */
const haze = [16, 11, 8, 3, 1, 0];
/** Of the light, what a cloud's shadow takes away; the pixels that the second image lies aside; the noise of a digital number. */
const [shade, aside, noise] = [0.35, [0.4, -0.3], 1.5] as const;

/**
 * The land as a satellite sees it on another day: plants are drier, here more and there less, the sun is lower, haze lies over one
 * corner and the shadow of a cloud on the ground, the image is some half a pixel aside, and it has noise. Values as of the scene.
 */
export function observed(
  { side, bands, values }: Scene,
  random: Draws,
  greenness: (values: Float32Array, at: number) => number,
): Float32Array {
  const count = bands.length;
  const dryness = waves(random, side);
  const cloud = [random.within(0.3, 0.7) * side, random.within(0.3, 0.7) * side] as const;
  const seen = new Float32Array(values.length);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = (y * side + x) * count;
      const plants = Math.min(1, Math.max(0, greenness(values, at) / 0.4));
      const season = plants * dryness(y, x);
      const far = ((y - cloud[0]) ** 2 + (x - cloud[1]) ** 2) / (0.08 * side) ** 2;
      const shadow = 1 - shade * Math.exp(-(far * far));
      for (let b = 0; b < count; b++) {
        const light = values[at + b]! * (1 + season * (dry[b]! - 1)) * sun[b]! * shadow;
        seen[at + b] = light + (haze[b]! * (x + side - y)) / (2 * side);
      }
    }
  }
  const after = moved(seen, side, aside);
  return after.map((v) => Math.min(255, Math.max(0, Math.round(v + noise * random.normal()))));
}

/** A smooth field between 0 and 1.2, of some waves as long as a third of the side or longer. */
function waves(random: Draws, side: number): (y: number, x: number) => number {
  const each = Array.from({ length: 6 }, () => ({
    ky: (random.within(-6, 6) * Math.PI) / side,
    kx: (random.within(-6, 6) * Math.PI) / side,
    phase: random.within(0, 2 * Math.PI),
  }));
  return (y, x) => {
    const sum = each.reduce((s, { ky, kx, phase }) => s + Math.cos(ky * y + kx * x + phase), 0);
    return Math.min(1.2, Math.max(0, 0.6 + 0.3 * sum));
  };
}

/** The image at (y + dy, x + dx), between its pixels by their mean. */
function moved(values: Float32Array, side: number, [dy, dx]: readonly [number, number]): Float32Array {
  const count = values.length / side ** 2;
  const at = (i: number) => Math.min(side - 1, Math.max(0, i));
  return values.map((_, k) => {
    const [p, b] = [Math.floor(k / count), k % count];
    const [y, x] = [Math.floor(p / side) + dy, (p % side) + dx];
    const [top, left] = [Math.floor(y), Math.floor(x)];
    const pixel = (i: number, j: number) => values[(at(i) * side + at(j)) * count + b]!;
    const row = (i: number) => pixel(i, left) * (left + 1 - x) + pixel(i, left + 1) * (x - left);
    return row(top) * (top + 1 - y) + row(top + 1) * (y - top);
  });
}

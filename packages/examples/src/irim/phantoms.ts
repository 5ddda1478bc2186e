import * as tf from '@tensorflow/tfjs';
import { randomWithin, several, type Within } from './random';

/** Grid of points in a pixel, along each axis: edges are grey. */
const samples = 2;

/** A grey value at each point of the square [−1, 1]². */
type Scene = (x: number, y: number) => number;

/** Random phantoms: a body of nested shells, tissue with folded borders and ellipses in it, numbers within [0, 1]. */
export function phantoms(count: number, size: number, seed: number): tf.Tensor4D {
  const within = randomWithin(seed);
  const images = several(count, () => draw(scene(within), size));
  return tf.tensor4d(Float32Array.from(images.flatMap((image) => [...image])), [count, size, size, 1]);
}

function scene(within: Within): Scene {
  const body = ellipse(within, { middle: 0.1, least: 0.6, most: 0.95 });
  const shells = several(Math.floor(within(0, 4)), () => ({ size: within(0.72, 0.98), value: within(0, 1) }));
  shells.sort((a, b) => b.size - a.size);
  const inside = Math.min(1, ...shells.map(({ size }) => size)) - 0.04;
  const tissue = folds(within);
  const lumps = several(Math.floor(within(0, 6)), () => ({
    radius: ellipse(within, { middle: 0.45, least: 0.05, most: 0.3 }),
    value: within(-0.5, 0.5),
  }));
  const rim = within(0.2, 1);
  return (x, y) => {
    const radius = body(x, y);
    if (radius > 1) return 0;
    if (radius > inside)
      return shells.reduce((value, shell) => (radius < shell.size ? shell.value : value), rim);
    const extra = lumps.reduce((sum, lump) => (lump.radius(x, y) < 1 ? sum + lump.value : sum), 0);
    return Math.min(1, Math.max(0, tissue(x, y) + extra));
  };
}

/** Distance from the middle of a random ellipse, 1 on its rim. */
function ellipse(
  within: Within,
  { middle, least, most }: { middle: number; least: number; most: number },
): Scene {
  const [x0, y0] = [within(-middle, middle), within(-middle, middle)];
  const [a, b, angle] = [within(least, most), within(least, most), within(0, Math.PI)];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return (x, y) => {
    const [u, v] = [(x - x0) * cos + (y - y0) * sin, (y - y0) * cos - (x - x0) * sin];
    return Math.hypot(u / a, v / b);
  };
}

/** Up to three grey values, with borders where a sum of random waves crosses its levels, and a light shade over all. */
function folds(within: Within): Scene {
  const coarse = within(3, 7);
  const waves = several(8, () => {
    const [length, angle] = [coarse * within(1, 3.5), within(0, 2 * Math.PI)];
    return { p: length * Math.cos(angle), q: length * Math.sin(angle), phase: within(0, 2 * Math.PI) };
  });
  const levels = [within(-3, -0.5), within(-0.5, 1.5)];
  const values = several(3, () => within(0.05, 0.95));
  const [shade, p, q] = [within(0, 0.08), within(-2, 2), within(-2, 2)];
  return (x, y) => {
    const height = waves.reduce((sum, wave) => sum + Math.cos(wave.p * x + wave.q * y + wave.phase), 0);
    const value = values[levels.filter((level) => height > level).length] ?? 0;
    return value + shade * Math.sin(p * x + q * y);
  };
}

function draw(at: Scene, size: number): Float32Array {
  const place = (k: number, sub: number) => (2 * (k + (sub + 0.5) / samples)) / size - 1;
  return Float32Array.from({ length: size * size }, (_, p) => {
    let sum = 0;
    for (let s = 0; s < samples ** 2; s++) {
      sum += at(place(p % size, s % samples), place(Math.floor(p / size), Math.floor(s / samples)));
    }
    return sum / samples ** 2;
  });
}

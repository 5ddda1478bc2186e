import { refuse } from '@invertible/core';
import type { Scene } from '../data/landsat';
import { type Draws, draws } from './draws';
import { type Cover, drawPlot, greenness, type Plot, shareOf } from './land';
import { observed } from './observed';

/** Two dates of a window of a scene, and where the land has changed between them. */
export interface Dates {
  side: number;
  bands: readonly string[];
  /** Digital numbers, [y, x, band]. */
  before: Float32Array;
  after: Float32Array;
  /** 1 where the land has changed, [y, x]. */
  truth: Uint8Array;
}

/** Of the pixels of the window, those that change at least. */
const share = 0.1;
/** Plots that are tried. */
const patience = 50_000;
/** How pure the cover of a plot and of what it becomes must be. */
const purity = 0.9;

/**
 * A second date for the window in the middle of a scene. Plots of vegetation become soil or town, and some of these become
 * vegetation: the new pixels are real ones, from another place of the scene that has that cover. All that the second date differs
 * in besides, season, sun, haze, a cloud's shadow, the place of the pixels and noise, is no change of the land.
 */
export function twoDates(scene: Scene, side: number, seed: number): Dates {
  if (side > scene.side) refuse('--size', `at most ${scene.side} pixels`, side, 'The scene has no more.');
  const cut = { side: scene.side, from: Math.floor((scene.side - side) / 2), window: side };
  const { land, changed } = withPlots(scene, cut, draws(2 * seed));
  const after = observed({ ...scene, values: land }, draws(2 * seed + 1), greenness);
  return {
    side,
    bands: scene.bands,
    before: window(scene.values, cut),
    after: window(after, cut),
    truth: window(changed, cut),
  };
}

/** A window of a scene: its sides and the first row and column. */
interface Cut {
  side: number;
  from: number;
  window: number;
}

/** The scene with plots of other land in the window, and where they are. */
function withPlots(scene: Scene, { side, from, window: size }: Cut, random: Draws) {
  const land = Float32Array.from(scene.values);
  const changed = new Uint8Array(side ** 2);
  const bands = scene.bands.length;
  const within = (i: number) => i >= from && i < from + size;
  let count = 0;
  for (let tries = 0; count < share * size * size && tries < patience; tries++) {
    const [old, fresh]: [Cover, Cover] =
      random.within(0, 1) < 0.7 ? ['vegetation', 'bare'] : ['bare', 'vegetation'];
    const plot = drawPlot(random, Math.max(5, size / 8));
    const at = [from + random.whole(size), from + random.whole(size)] as const;
    if (!plot.steps.every(([dy, dx]) => within(at[0] + dy) && within(at[1] + dx))) continue;
    if (shareOf(scene, plot, at, old) < purity || touches(changed, side, plot, at)) continue;
    const donor = find(scene, plot, fresh, random);
    if (!donor) continue;
    for (const [dy, dx] of plot.steps) {
      const to = (at[0] + dy) * side + at[1] + dx;
      const source = ((donor[0] + dy) * side + donor[1] + dx) * bands;
      changed[to] = 1;
      land.set(scene.values.subarray(source, source + bands), to * bands);
    }
    count += plot.steps.length;
  }
  if (count === 0)
    refuse('twoDates', 'land that can change', 'none', 'Try another --seed or a larger --size.');
  return { land, changed };
}

/** A place of the scene where all of a plot has a cover. */
function find(scene: Scene, plot: Plot, cover: Cover, random: Draws): readonly [number, number] | undefined {
  for (let tries = 0; tries < 200; tries++) {
    const at = [random.whole(scene.side), random.whole(scene.side)] as const;
    if (shareOf(scene, plot, at, cover) >= purity) return at;
  }
  return undefined;
}

/** Whether a plot meets one before, or has it for a neighbour. */
const touches = (changed: Uint8Array, side: number, plot: Plot, [y, x]: readonly [number, number]): boolean =>
  plot.steps.some(([dy, dx]) =>
    [-2, 0, 2].some((i) => [-2, 0, 2].some((j) => changed[(y + dy + i) * side + x + dx + j])),
  );

/** The window of numbers [y, x, …]. */
function window<T extends Float32Array | Uint8Array>(all: T, { side, from, window: size }: Cut): T {
  const each = all.length / side ** 2;
  const cut = all.slice(0, size * size * each) as T;
  for (let y = 0; y < size; y++) {
    const row = ((from + y) * side + from) * each;
    cut.set(all.subarray(row, row + size * each), y * size * each);
  }
  return cut;
}

import { draws } from './draws';

/** A pixel that somebody looked at, and whether the land has changed there. */
export interface LabelledPixel {
  y: number;
  x: number;
  changed: 0 | 1;
}

/** So many pixels of each class, drawn at random. */
export function pointLabels(truth: Uint8Array, side: number, count: number, seed: number): LabelledPixel[] {
  const random = draws(seed);
  return ([0, 1] as const).flatMap((changed) => {
    const among = Array.from(truth.keys()).filter((p) => truth[p] === changed);
    return Array.from({ length: Math.min(count, among.length) }, () => {
      const [p = 0] = among.splice(random.whole(among.length), 1);
      return { y: Math.floor(p / side), x: p % side, changed };
    });
  });
}

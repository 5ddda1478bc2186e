import type { Dates } from './dates';

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [number, number, number];

/** Bands shown as red, green and blue: plants are red, soil and town grey-green, as on false-colour prints. */
const falseColour = [3, 2, 1];

/** Both dates in false colour, each band stretched alike from the first to the last percent of its numbers. */
export function falseColours({ before, after, bands }: Dates): [Uint8Array, Uint8Array] {
  const n = bands.length;
  const ranges = falseColour.map((band) => {
    const sorted = Float32Array.from(
      [before, after].flatMap((v) => Array.from(v).filter((_, k) => k % n === band)),
    ).sort();
    const at = (q: number) => sorted[Math.round(q * (sorted.length - 1))]!;
    return [at(0.01), at(0.99)] as const;
  });
  const shown = (values: Float32Array) =>
    Uint8Array.from({ length: (values.length / n) * 3 }, (_, k) => {
      const [low, high] = ranges[k % 3]!;
      const v = values[Math.floor(k / 3) * n + falseColour[k % 3]!]!;
      return Math.round(255 * Math.min(1, Math.max(0, (v - low) / (high - low))));
    });
  return [shown(before), shown(after)];
}

/** Colours of a map of classes over a dim grey image. */
export function overGrey(image: Uint8Array, colourOf: (pixel: number) => Colour | undefined): Uint8Array {
  const out = new Uint8Array(image.length);
  for (let p = 0; p < image.length / 3; p++) {
    const grey = 40 + 0.35 * ((image[3 * p]! + image[3 * p + 1]! + image[3 * p + 2]!) / 3);
    out.set(colourOf(p) ?? [grey, grey, grey], 3 * p);
  }
  return out;
}

export const [hit, missed, falseAlarm]: Colour[] = [
  [56, 176, 120],
  [228, 70, 60],
  [250, 200, 60],
];

/** Where a map is right about a change, misses one, or sees one that is none. */
export const errorsOf = (map: Uint8Array, truth: Uint8Array, image: Uint8Array): Uint8Array =>
  overGrey(image, (p) => (map[p] ? (truth[p] ? hit : falseAlarm) : truth[p] ? missed : undefined));

/** From 0 to 1: dark violet, red, light yellow. */
const scale: Colour[] = [
  [13, 8, 50],
  [110, 25, 110],
  [220, 70, 75],
  [252, 170, 90],
  [252, 250, 190],
];

export function colourOf(probability: number): Colour {
  const at = Math.min(1, Math.max(0, probability)) * (scale.length - 1);
  const i = Math.min(scale.length - 2, Math.floor(at));
  const [low, high] = [scale[i]!, scale[i + 1]!];
  const mix = (c: 0 | 1 | 2) => Math.round(low[c] + (at - i) * (high[c] - low[c]));
  return [mix(0), mix(1), mix(2)];
}

import type { Stroke } from '../../protocol';

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Strokes as a word for a link: two characters a point, a full stop between strokes. Coordinates become whole, from 0 to 63. */
export const packStrokes = (strokes: readonly Stroke[]): string =>
  strokes
    .map((stroke) =>
      stroke
        .flat()
        .map((v) => digits[Math.max(0, Math.min(63, Math.round(v)))])
        .join(''),
    )
    .join('.');

/** The strokes of such a word; what is none is left out. */
export const unpackStrokes = (word: string): Stroke[] =>
  word
    .split('.')
    .map((part) =>
      Array.from({ length: Math.floor(part.length / 2) }, (_, i): [number, number] => [
        digits.indexOf(part[2 * i] ?? ''),
        digits.indexOf(part[2 * i + 1] ?? ''),
      ]).filter(([x, y]) => x >= 0 && y >= 0),
    )
    .filter((stroke) => stroke.length > 0);

/** What the sheet shows before anything is drawn: an eight that lies. */
export const example: readonly Stroke[] = [
  Array.from({ length: 49 }, (_, i): [number, number] => {
    const t = (2 * Math.PI * i) / 48;
    return [32 + 20 * Math.sin(t), 32 - 11 * Math.sin(2 * t)];
  }),
];

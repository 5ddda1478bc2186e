import type { Point, Score, Trip } from '../../protocol';
import { write } from '../dom';

const point = ([x, y]: Point) => `(${signed(x)}, ${signed(y)})`;
const signed = (x: number) => x.toFixed(2).replace('-', '−');

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Such as 3.1·10⁻⁷. */
export function power(x: number): string {
  if (!(x > 0)) return '0';
  const exponent = Math.floor(Math.log10(x));
  const digits = [...String(Math.abs(exponent))].map((d) => superscripts[Number(d)]).join('');
  return `${(x / 10 ** exponent).toFixed(1)}·10${exponent < 0 ? '⁻' : ''}${digits}`;
}

/** A number that was measured after so many steps. */
export interface Reading {
  step: number;
  value: number;
}

export function showScore({ crossEntropy, gap }: Score, entropy: number | null): void {
  write('cross-entropy', crossEntropy.toFixed(3));
  // Where log p is known and its mean has no closed form, that of the held-out points stands for it.
  const estimate = gap === null ? '–' : `≈ ${(crossEntropy - gap).toFixed(3)}`;
  write('entropy', entropy?.toFixed(3) ?? estimate);
  write('gap', gap?.toFixed(3) ?? '–');
  write(
    'curve-words',
    gap === null
      ? 'Mean −log q of held-out points against steps: the lower, the likelier they are.'
      : 'The gap against steps: how many nats the mean −log q is above the least that any model reaches.',
  );
}

export function showTrip({ x, z, logDensity, logDet, error }: Trip): void {
  write('trip-x', point(x));
  write('trip-z', point(z));
  write(
    'trip-density',
    Math.exp(logDensity) < 1e-3 ? power(Math.exp(logDensity)) : Math.exp(logDensity).toFixed(3),
  );
  write('trip-area', `× ${Math.exp(logDet).toPrecision(3)}`);
  write('trip-error', power(error));
}

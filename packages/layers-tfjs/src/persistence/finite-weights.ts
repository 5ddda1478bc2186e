import { refuse } from '@invertible/core';
import { bytesOf, type WeightSpec } from './weight-specs';

/** What to do about weights of a file that are NaN or infinite. */
export interface Strictness {
  /** Also takes weights that are NaN or infinite. Default false: they are refused, with their names. */
  allowNonFinite?: boolean;
}

/** Refuses weights with NaN or an infinity. */
export function checkFiniteWeights(where: string, specs: readonly WeightSpec[], data: ArrayBuffer): void {
  let at = 0;
  const bad = specs.filter((spec) => {
    const end = at + bytesOf(where, spec);
    const bytes = data.slice(at, end);
    at = end;
    return !holdsFinite(spec, bytes);
  });
  refuseNonFinite(
    where,
    bad.map(({ name }) => name),
  );
}

/** Refuses the weights of these names, if there are any. */
export function refuseNonFinite(where: string, names: readonly string[]): void {
  if (names.length === 0) return;
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  refuse(
    where,
    'finite weights',
    `NaN or an infinity in ${names.slice(0, 3).join(', ')}${more}`,
    'Take a file from before the training diverged, or load it with allowNonFinite: true to look at it.',
  );
}

/** A sum of differences that are 0 for every finite number, which costs a tenth of a question to each. */
export function allFiniteIn(numbers: Iterable<number>): boolean {
  let sum = 0;
  for (const x of numbers) sum += x - x;
  return sum === 0;
}

function holdsFinite({ dtype, quantization }: WeightSpec, bytes: ArrayBuffer): boolean {
  if (!quantization) return dtype !== 'float32' || allFiniteIn(new Float32Array(bytes));
  const { dtype: level, scale = 1, min = 0 } = quantization;
  // Exponents of ones.
  if (level === 'float16') return new Uint16Array(bytes).every((half) => (half & 0x7c00) !== 0x7c00);
  const largest = level === 'uint8' ? 0xff : 0xffff;
  return [min, min + largest * scale].every((value) => Number.isFinite(Math.fround(value)));
}

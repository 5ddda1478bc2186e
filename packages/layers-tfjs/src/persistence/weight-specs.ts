import type * as tf from '@tensorflow/tfjs-core';
import { brief, isObject } from './json';
import { refuseFile } from './refuse-file';

export type WeightSpec = tf.io.WeightsManifestEntry;

const bytesPerNumber: Record<string, number> = { float32: 4, int32: 4, bool: 1 };
const bytesPerLevel: Record<string, number> = { uint8: 1, uint16: 2, float16: 2 };
const highestRank = 6;
/** Limits that no honest file comes near: more weights, and more bytes of them, no backend holds. */
export const mostWeights = 2 ** 16;
const mostBytes = 2 ** 33;

/** The number of elements of a shape, or NaN where that is no shape. */
export const elements = (shape: unknown): number => {
  if (!Array.isArray(shape) || shape.length > highestRank) return Number.NaN;
  const count = shape.reduce(
    (n: number, size) => (Number.isSafeInteger(size) && size >= 0 ? n * size : Number.NaN),
    1,
  );
  return Number.isSafeInteger(count) ? count : Number.NaN;
};

/** How many bytes a weight has in a file. */
export function bytesOf(where: string, spec: unknown): number {
  if (!isObject(spec) || typeof spec.name !== 'string' || spec.name === '')
    return refuseFile(where, 'weights with a name', brief(spec));
  const { name, shape, dtype, quantization } = spec;
  const count = elements(shape);
  if (Number.isNaN(count)) refuseFile(where, `a shape of weight "${name}"`, brief(shape));
  const known = Object.hasOwn(bytesPerNumber, String(dtype)) ? bytesPerNumber[String(dtype)] : undefined;
  if (!known) refuseFile(where, `weight "${name}" of float32, int32 or bool`, String(dtype));
  if (quantization === undefined) return count * known;
  const level = isObject(quantization) ? String(quantization.dtype) : '';
  if (!Object.hasOwn(bytesPerLevel, level))
    refuseFile(where, `weight "${name}" in levels of uint8, uint16 or float16`, brief(quantization));
  return count * bytesPerLevel[level]!;
}

/** Refuses specs that do not say, each once and exactly, what so many bytes are. Nothing is allocated for them before that. */
export function checkSpecs(where: string, specs: unknown, bytes: number): asserts specs is WeightSpec[] {
  if (!Array.isArray(specs)) return refuseFile(where, 'a list of weights', brief(specs));
  if (specs.length > mostWeights) refuseFile(where, `at most ${mostWeights} weights`, `${specs.length}`);
  if (bytes > mostBytes) refuseFile(where, `at most ${mostBytes} bytes of weights`, `${bytes}`);
  const total = specs.reduce((n: number, spec) => n + bytesOf(where, spec), 0);
  if (total !== bytes) refuseFile(where, `${total} bytes of weights`, `${bytes}`);
  const names = new Set<string>();
  for (const { name } of specs as WeightSpec[]) {
    if (names.has(name) || name === '__proto__')
      refuseFile(where, 'names that are safe, each once', `"${name}"`);
    names.add(name);
  }
}

/** Whether a weight belongs to the memory of an optimizer. */
export const isOptimizers = ({ group }: WeightSpec): boolean => group === 'optimizer';

import type { Shape } from '../bijection';
import { refuse, show } from '../errors';

/** Refuses counts that are not whole numbers ≥ `least`, by the names of their options. */
export function checkCounts(where: string, counts: Record<string, number>, least = 1): void {
  for (const [name, n] of Object.entries(counts)) {
    if (Number.isInteger(n) && n >= least) continue;
    refuse(
      where,
      `${name} to be a whole number of at least ${least}`,
      n,
      `Set ${name}, or leave it out for its default.`,
    );
  }
}

/** Refuses kernels without a pixel in the middle. */
export function checkKernels(where: string, ...kernels: readonly number[]): void {
  const bad = kernels.find((kernel) => !(kernel > 0 && kernel % 2 === 1));
  if (bad === undefined) return;
  refuse(where, 'an odd kernel size', bad, 'Use kernel: 1, 3, 5, ….');
}

/** Refuses spatial sizes that `multiple` does not divide, and vectors when it is more than 1. */
export function checkSizes(where: string, shape: Shape, multiple: number): void {
  const space = shape.slice(1, -1);
  if (multiple === 1 || (space.length > 0 && space.every((n) => n % multiple === 0))) return;
  refuse(
    where,
    `one to three spatial axes of sizes divisible by ${multiple}`,
    `shape ${show(shape)}`,
    'Take fewer levels or a smaller stride, or pad the input.',
  );
}

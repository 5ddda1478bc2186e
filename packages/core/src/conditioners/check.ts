import type { Shape } from '../bijection';
import { refuse, show } from '../errors';

/** Refuses spatial sizes that `multiple` does not divide, and vectors when it is more than 1. Sizes may be unknown. */
export function checkSizes(where: string, shape: Shape, multiple: number): void {
  const space = shape.slice(1, -1);
  if (multiple === 1 || (space.length > 0 && !space.some((n) => n % multiple > 0))) return;
  const expected = `one to three spatial axes of sizes divisible by ${multiple}`;
  const remedy = 'Take fewer levels or a smaller stride, or crop or resize the input.';
  refuse(where, expected, `shape ${show(shape)}`, remedy);
}

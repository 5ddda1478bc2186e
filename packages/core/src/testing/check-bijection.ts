import type { Bijection, Shape } from '../bijection';
import { refuse, show } from '../errors';
import { broken, type LawName, laws } from './laws';
import { coarseness } from './read';
import { freeSample, reversed, type Sample, sample } from './sample';

export interface CheckOptions {
  /** Shape of a condition, batch first. */
  condition?: Shape;
  /** Of the random weights and inputs. Default 1. */
  seed?: number;
  /** False for maps with kinks, such as a ReLU: their Taylor remainder has no order. Default true. */
  smooth?: boolean;
}

/**
 * Asks a bijection and its reverse for every law on the present backend, at random weights, on a batch of the shape and on a
 * single sample of it; in any test runner.
 *
 *     inverse   logDet   taylor   adjoint   gradient   extremes        of `laws`
 *
 * ```ts
 * import { checkBijection } from '@invertible/core/testing';
 * await checkBijection(() => core.affineCoupling({ hidden: 8, activation: 'tanh' }), [3, 4]);
 * ```
 *
 * Rejects with an InvertibleError that lists all broken laws, each with its error and its bar.
 */
export async function checkBijection(
  make: () => Bijection,
  shape: Shape,
  { condition, seed = 1, smooth = true }: CheckOptions = {},
): Promise<void> {
  const coarse = await coarseness();
  const found: string[] = [];
  const ask = async (where: string, names: LawName[], draw: () => Sample) => {
    for (const name of names) {
      let at: Sample | undefined;
      try {
        at = draw();
        found.push(...(await broken(name, at, coarse)).map((text) => `${where}, ${name}: ${text}`));
      } catch (error) {
        found.push(`${where}, ${name}: ${error instanceof Error ? error.message : error}`);
      } finally {
        if (at) freeSample(at);
      }
    }
  };
  const names = (Object.keys(laws) as LawName[]).filter((name) => smooth || name !== 'taylor');
  const single = (s: Shape) => [1, ...s.slice(1)];
  for (const [batch, s, c] of [
    ['a batch', shape, condition],
    ['a single sample', single(shape), condition && single(condition)],
  ] as const) {
    const draw = () => sample(make(), s, { seed, ...(c && { condition: c }) });
    await ask(batch, names, draw);
    // What ±1e30 does to the inverse has been asked already.
    await ask(
      `the reverse, ${batch}`,
      names.filter((name) => name !== 'extremes'),
      () => reversed(draw()),
    );
  }
  if (found.length > 0) {
    const remedy = 'Compare the map that a law names with the formulas, one sign and one factor at a time.';
    refuse(
      'checkBijection',
      `every law to hold on ${show(shape)}`,
      `these broken:\n  ${found.join('\n  ')}`,
      remedy,
    );
  }
}

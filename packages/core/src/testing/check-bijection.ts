import * as tf from '@tensorflow/tfjs-core';
import { hasStockGradients } from '../autodiff/stock-gradients';
import type { Bijection, Shape } from '../bijection';
import { refuse, show } from '../errors';
import {
  above,
  checkOptions,
  checkValue,
  flag,
  having,
  listOf,
  type Rule,
  type Rules,
  seed,
  whole,
} from '../options';
import { broken, type LawName, lawsFor, ofSmoothMaps } from './laws';
import { coarseness } from './read';
import { freeSample, reversed, type Sample, sample } from './sample';

export interface CheckOptions {
  /** Shape of a condition, batch first. */
  condition?: Shape;
  /** Of the random weights and inputs. Default 1. */
  seed?: number;
  /** False for maps with kinks, such as a ReLU: their Taylor remainder has no order, their second gradient jumps. Default true. */
  smooth?: boolean;
  /**
   * Its values lie on a grid: the step, and how the map over the same weights is made whose values are not rounded. The inverse is
   * asked to the last bit, and what takes differences of that map.
   */
  exact?: { step: number; smooth: () => Bijection };
}

const where = 'checkBijection';

const batchShape: Rule = {
  expected: 'a shape, batch first',
  holds: listOf(whole(1, 2 ** 31), 2, 6).holds,
  remedy: 'As in [3, 28, 28, 1].',
};
const rules: Rules<CheckOptions> = {
  condition: batchShape,
  seed,
  smooth: flag,
  exact: {
    expected: 'an object { step, smooth }',
    holds: (value) => having('smooth').holds(value) && above(0).holds(Object(value).step),
    remedy: 'As in { step: 2 ** -12, smooth: () => additiveCoupling() }.',
  },
};

/**
 * Asks a bijection and its reverse for every law on the present backend, at random weights, on a batch of the shape and on a
 * single sample of it; in any test runner.
 *
 *     inverse   logDet   taylor   adjoint   gradient   secondGradient   extremes        of `laws`; grid, where `exact` is given
 *
 * ```ts
 * import { checkBijection } from '@invertible/core/testing';
 * await checkBijection(() => core.affineCoupling({ hidden: 8, activation: 'tanh' }), [3, 4]);
 * ```
 *
 * Rejects with an InvertibleError that lists all broken laws, each with its error and its bar. The gradients that it compares
 * with are those that `@tensorflow/tfjs-layers` or `@tensorflow/tfjs` registers when it is imported.
 */
export async function checkBijection(
  make: () => Bijection,
  shape: Shape,
  options: CheckOptions = {},
): Promise<void> {
  check(make, shape, options);
  const { condition, seed = 1, smooth = true, exact } = options;
  const names = lawsFor({ smooth, exact: exact !== undefined });
  const coarse = await coarseness();
  const found: Complaint[] = [];
  const ask = async (on: string, names: LawName[], draw: () => Sample) => {
    for (const law of names) {
      for (const text of await complaints(law, draw, coarse)) found.push({ on, law, text });
    }
  };
  for (const [batch, alone] of [
    ['a batch', (s: Shape) => s],
    ['a single sample', (s: Shape) => [1, ...s.slice(1)]],
  ] as const) {
    const draw = () =>
      sample(make(), alone(shape), {
        seed,
        ...(condition && { condition: alone(condition) }),
        ...(exact && { exact: { step: exact.step, smooth: exact.smooth() } }),
      });
    // A shape or a condition that the bijection refuses is no broken law: that error is the caller's to see as it is.
    freeSample(draw());
    await ask(batch, names, draw);
    // What ±1e30 does to the inverse has been asked already.
    const backward = names.filter((name) => name !== 'extremes');
    await ask(`the reverse, ${batch}`, backward, () => backwards(draw()));
  }
  if (found.length > 0) report(found, shape);
}

interface Complaint {
  /** A batch or a single sample, of the map or of its reverse. */
  on: string;
  law: LawName;
  text: string;
}

function check(make: unknown, shape: Shape, options: CheckOptions): void {
  if (typeof make !== 'function')
    refuse(where, 'a function that makes a bijection', make, 'As in () => actNorm().');
  checkValue(where, 'the shape', shape, batchShape);
  checkOptions(where, options, rules);
  if (!hasStockGradients()) {
    const remedy = "Import '@tensorflow/tfjs-layers' or '@tensorflow/tfjs' before.";
    refuse(where, 'the gradients of tfjs, to compare with', 'none registered', remedy);
  }
}

/** How a fresh sample breaks a law; an error is one more way. */
async function complaints(law: LawName, draw: () => Sample, coarse: number): Promise<string[]> {
  let at: Sample | undefined;
  try {
    at = draw();
    return await broken(law, at, coarse);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  } finally {
    if (at) freeSample(at);
  }
}

function backwards(at: Sample): Sample {
  try {
    return reversed(at);
  } catch (error) {
    freeSample(at);
    throw error;
  }
}

/** A line for each complaint; laws that complain alike share one. */
function report(found: readonly Complaint[], shape: Shape): never {
  const lines = new Map<string, Complaint & { laws: string[] }>();
  for (const complaint of found) {
    const key = `${complaint.on}: ${complaint.text}`;
    const line = lines.get(key) ?? { ...complaint, laws: [] };
    line.laws.push(complaint.law);
    lines.set(key, line);
  }
  const list = [...lines.values()].map(({ on, laws, text }) => `\n  ${on}, ${laws.join(', ')}: ${text}`);
  refuse(
    where,
    `every law to hold on ${show(shape)} with the backend ${tf.getBackend()}`,
    `these broken:${list.join('').replace(/\.$/, '')}`,
    found.every(({ law }) => ofSmoothMaps.includes(law))
      ? 'A map with kinks, such as a ReLU, has no order: pass smooth: false for it.'
      : 'Compare the map that a law names with the formulas, one sign and one factor at a time.',
  );
}

import * as tf from '@tensorflow/tfjs-core';
import { notNumbers } from './extremes';
import { adjointError, gradientError, secondGradientError } from './gradient';
import { gridErrors } from './grid';
import { inversion } from './inversion';
import { logDetError } from './log-det';
import { type Sample, unrounded } from './sample';
import { taylorOrder } from './taylor';

/** A property that every bijection has. */
export interface Law {
  title: string;
  /** How a sample breaks it: nothing when it holds. Bars are float32's; `coarseness` widens them on a backend that rounds more. */
  broken(at: Sample, coarseness: number): Promise<string[]>;
}

/** What is above its bar, and NaN is. */
const above = (errors: Record<string, number>, bar: number): string[] =>
  Object.entries(errors)
    .filter(([, error]) => !(error < bar))
    .map(([what, error]) => `${what}: ${error.toExponential(1)}, and the bar is ${bar.toExponential(1)}`);

/** Below it there is 0 alone: what is right to the last bit. */
const nothing = Number.MIN_VALUE;

/** What every bijection keeps, each law with its bar; those on a grid are undone to the last bit, and what takes differences is asked of the map without rounding. */
export const laws = {
  inverse: {
    title: 'the inverse undoes the forward map and the log-dets cancel',
    broken: async (at, coarseness) => {
      const { x, logDet } = await inversion(at);
      const bar = at.exact ? nothing : 1e-5 * coarseness;
      return above({ 'inverse error': x, 'sum of log-dets': logDet }, bar);
    },
  },
  logDet: {
    title: 'the log-det is that of the Jacobian, per sample',
    broken: async (at, coarseness) => above({ 'log-det error': await logDetError(at) }, 1e-4 * coarseness),
  },
  taylor: {
    title: 'the Taylor remainder is of second order',
    broken: async (at) => {
      const order = await taylorOrder(unrounded(at));
      return order > 1.8 ? [] : [`order ${order.toFixed(2)}, and the bar is 1.8`];
    },
  },
  adjoint: {
    title: 'pushforward and pullback are adjoint',
    broken: async (at, coarseness) => above({ 'adjoint error': await adjointError(at) }, 1e-5 * coarseness),
  },
  gradient: {
    title: 'gradients equal those of tfjs',
    broken: async (at, coarseness) => above({ 'gradient error': await gradientError(at) }, 1e-5 * coarseness),
  },
  secondGradient: {
    title: 'gradients of gradients are those of differences',
    broken: async (at, coarseness) =>
      above({ 'second gradient error': await secondGradientError(unrounded(at)) }, 1e-3 * coarseness),
  },
  grid: {
    title: 'values lie on the grid of an exact map, near those without rounding',
    broken: async (at, coarseness) => {
      if (!at.exact) return [];
      const { grid, map } = await gridErrors(at, at.exact);
      return [...above(grid, nothing), ...above(map, 1e-2 * coarseness)];
    },
  },
  extremes: {
    title: 'nothing is NaN for inputs of 0 and ±1e30',
    broken: async (at) => (await notNumbers(at)).map((name) => `${name} holds a NaN`),
  },
} satisfies Record<string, Law>;

export type LawName = keyof typeof laws;

/** The laws that a map with kinks, such as a ReLU, need not keep. */
export const ofSmoothMaps: readonly LawName[] = ['taylor', 'secondGradient'];

/** The laws of maps on a grid alone. */
export const ofGrids: readonly LawName[] = ['grid'];

/** The laws to ask of a map, whether it has no kinks, and whether it is on a grid. */
export const lawsFor = ({ smooth, exact }: { smooth: boolean; exact: boolean }): LawName[] =>
  (Object.keys(laws) as LawName[]).filter(
    (name) => (smooth || !ofSmoothMaps.includes(name)) && (exact || !ofGrids.includes(name)),
  );

/** How a sample breaks a law, and whether tensors stay behind: nothing when all is well. */
export async function broken(name: LawName, at: Sample, coarseness = 1): Promise<string[]> {
  const before = tf.memory().numTensors;
  const complaints = await laws[name].broken(at, coarseness);
  const left = tf.memory().numTensors - before;
  return left === 0 ? complaints : [...complaints, `${left} tensors are left behind`];
}

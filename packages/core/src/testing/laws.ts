import * as tf from '@tensorflow/tfjs-core';
import { notNumbers } from './extremes';
import { adjointError, gradientError, secondGradientError } from './gradient';
import { inversion } from './inversion';
import { logDetError } from './log-det';
import type { Sample } from './sample';
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

/** What every bijection keeps, each law with its bar. */
export const laws = {
  inverse: {
    title: 'the inverse undoes the forward map and the log-dets cancel',
    broken: async (at, coarseness) => {
      const { x, logDet } = await inversion(at);
      return above({ 'inverse error': x, 'sum of log-dets': logDet }, 1e-5 * coarseness);
    },
  },
  logDet: {
    title: 'the log-det is that of the Jacobian, per sample',
    broken: async (at, coarseness) => above({ 'log-det error': await logDetError(at) }, 1e-4 * coarseness),
  },
  taylor: {
    title: 'the Taylor remainder is of second order',
    broken: async (at) => {
      const order = await taylorOrder(at);
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
      above({ 'second gradient error': await secondGradientError(at) }, 1e-3 * coarseness),
  },
  extremes: {
    title: 'nothing is NaN for inputs of 0 and ±1e30',
    broken: async (at) => (await notNumbers(at)).map((name) => `${name} holds a NaN`),
  },
} satisfies Record<string, Law>;

export type LawName = keyof typeof laws;

/** The laws that a map with kinks, such as a ReLU, need not keep. */
export const ofSmoothMaps: readonly LawName[] = ['taylor', 'secondGradient'];

/** How a sample breaks a law, and whether tensors stay behind: nothing when all is well. */
export async function broken(name: LawName, at: Sample, coarseness = 1): Promise<string[]> {
  const before = tf.memory().numTensors;
  const complaints = await laws[name].broken(at, coarseness);
  const left = tf.memory().numTensors - before;
  return left === 0 ? complaints : [...complaints, `${left} tensors are left behind`];
}

import type { LawName } from '@invertible/core/testing';
import { type Case, cases } from '../zoo';

/** What is asked of a backend: one law of one case. */
export interface Check {
  name: string;
  law: LawName;
}

/** The whole plan, or its vectors alone where the driver is slow and volumes have been asked elsewhere. */
export type Scope = 'all' | 'vectors';

/** Those of the lowest rank and of the highest, in which kernels differ most. */
function ends(entry: readonly Case[]): Case[] {
  const axes = entry.map((c) => c.axes);
  return entry.filter((c) => c.axes === Math.min(...axes) || c.axes === Math.max(...axes));
}

/**
 * What runs on GPU backends, which software drivers make slow: every entry of the zoo in its lowest and its highest rank, not
 * reversed, since reverses call no other op. Inverse, adjoint and gradient on all of them; the determinant and the Taylor
 * remainder, with their many forward passes, on vectors. The huge inputs stay at home: WGSL and GLSL promise nothing about
 * infinities.
 */
export const plan = (scope: Scope): (Case & { laws: LawName[] })[] =>
  [...new Set(cases.map(({ of }) => of))]
    .flatMap((of) => ends(cases.filter((c) => c.of === of)))
    .filter(({ axes, reversed }) => !reversed && (scope === 'all' || axes === 0))
    .map((entry) => ({
      ...entry,
      laws: entry.keeps.filter(
        (law) => law !== 'extremes' && (entry.axes === 0 || (law !== 'logDet' && law !== 'taylor')),
      ),
    }));

import type { LawName } from '@invertible/core/testing';
import { type Case, cases } from '../zoo';

/** What is asked of a backend: one law of one case. */
export interface Check {
  name: string;
  law: LawName;
}

/** The whole plan, or its vectors alone where the driver is slow and volumes have been asked elsewhere. */
export type Scope = 'all' | 'vectors';

/** Vectors, and the highest rank, where kernels fail most. */
function ends(entry: readonly Case[]): Case[] {
  const highest = Math.max(...entry.map((c) => c.axes));
  return entry.filter(({ axes }) => axes === 0 || axes === highest);
}

/**
 * What runs on GPU backends, which software drivers make slow: every entry of the zoo as a vector and in its highest rank, not
 * reversed, since reverses call no other op. Inverse, adjoint and gradient on all of them; the Taylor remainder, with its many
 * forward passes, on vectors. Determinants are about mathematics, which is the same everywhere. The huge inputs stay at home:
 * WGSL and GLSL promise nothing about infinities.
 */
export const plan = (scope: Scope): (Case & { laws: LawName[] })[] =>
  [...new Set(cases.map(({ of }) => of))]
    .flatMap((of) => ends(cases.filter((c) => c.of === of)))
    .filter(({ axes, reversed }) => !reversed && (scope === 'all' || axes === 0))
    .map((entry) => ({
      ...entry,
      laws: entry.keeps.filter(
        (law) =>
          law === 'inverse' ||
          law === 'adjoint' ||
          law === 'gradient' ||
          (law === 'taylor' && entry.axes === 0),
      ),
    }));

import type { LawName } from '@invertible/core/testing';
import { everything, kinds } from '../zoo';
import type { Case } from '../zoo/case';

/**
 * What is asked of a backend: its share of the kinds, of the vectors among them alone where the driver is slow and volumes have
 * been asked elsewhere, or all entries whose name holds a word.
 */
export type Request = 'all' | 'vectors' | { word: string };

/** Vectors, and the highest rank, where kernels fail most. */
function ends(entry: readonly Case<LawName>[]): Case<LawName>[] {
  const highest = Math.max(...entry.map((c) => c.axes));
  return entry.filter(({ axes }) => axes === 0 || axes === highest);
}

/** Kinds that evaluate their network up to hundreds of times for one law: hours on a software driver. */
const iterated = ['contractiveResidual', 'continuousFlow'];

/**
 * What runs on GPU backends, which software drivers make slow: every entry of the zoo as a vector and in its highest rank, not
 * reversed, since reverses call no other op, nor a single sample, which calls none either. Inverse, adjoint and gradient on all
 * of them; the Taylor remainder, with its many forward passes, on vectors. Determinants are about mathematics, which is the
 * same everywhere. Where vectors alone are asked, inverse and gradient are: the browser's run has the others. What is iterated and the huge inputs stay at home: WGSL and GLSL promise nothing about infinities.
 */
const plan = (request: 'all' | 'vectors'): Case[] =>
  [...new Set(kinds.map(({ of }) => of))]
    .filter((of) => !iterated.some((kind) => of.startsWith(kind)))
    .flatMap((of) => ends(kinds.filter((c) => c.of === of)))
    .filter(({ axes, reversed, batch }) => !reversed && batch > 1 && (request === 'all' || axes === 0))
    .map((at) => ({
      ...at,
      laws: at.laws.filter(
        (law) =>
          law === 'inverse' ||
          law === 'gradient' ||
          (request === 'all' && (law === 'adjoint' || (law === 'taylor' && at.axes === 0))),
      ),
    }));

/** Cases with the laws to ask of each. */
export function casesFor(backend: string, request: Request): readonly Case[] {
  if (typeof request === 'string') return plan(request);
  const word = request.word.toLowerCase();
  const found = everything.filter(({ of }) => of.toLowerCase().includes(word));
  const isGpu = backend.startsWith('web');
  return isGpu ? found.map((at) => ({ ...at, laws: at.laws.filter((law) => law !== 'extremes') })) : found;
}

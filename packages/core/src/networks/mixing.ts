import type { Exact } from '../autodiff/grid';
import type { Bijection } from '../bijection';
import { type Conv1x1Options, conv1x1 } from '../bijections/conv1x1';
import { refuse } from '../errors';
import { rotations } from './rotations';

/** The mixing of channels inside an exact map: rotations by lifting, unless a permutation is asked for. Else a 1×1 convolution. */
export function mixingOf(name: string, mixing: Conv1x1Options, exact: Exact | undefined): Bijection {
  if (!exact) return conv1x1(mixing);
  const { kind } = mixing;
  if (kind === 'permutation' || kind === 'reverse') return conv1x1(mixing);
  if (Object.keys(mixing).every((option) => option === 'seed')) return rotations({ exact });
  const remedy = 'Leave mixing out for rotations by lifting: products with a matrix are rounded.';
  return refuse(
    name,
    "mixing of kind 'permutation' or 'reverse' where exact is asked for",
    kind ?? Object.keys(mixing),
    remedy,
  );
}

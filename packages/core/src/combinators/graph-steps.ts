import type * as tf from '@tensorflow/tfjs-core';
import type { Bijection, OneWay } from '../bijection';
import { backwards } from '../directions';
import { joinChannels, splitChannels } from '../tensors/channels';
import { present } from '../weight-names';

/** Tensors at the places of a graph that are in use: values, or their cotangents or tangents. */
export type Places = Record<string, tf.Tensor>;

/** The place of the condition that the whole graph is given. */
export const outside = 'condition';

/** A bijection between two places, given a third one or the condition. */
export interface Through {
  kind: 'through';
  from: string;
  to: string;
  b: Bijection;
  given?: string | undefined;
  key: string;
}
/** Channels that part, or come together. */
export interface Split {
  kind: 'split';
  from: string;
  to: readonly string[];
  sizes: readonly number[];
}
export interface Join extends Omit<Split, 'kind' | 'from' | 'to'> {
  kind: 'join';
  from: readonly string[];
  to: string;
}
export type Step = Through | Split | Join;

/** How the tensor at one end of a graph becomes places, and back. */
export interface End {
  open(t: tf.Tensor): Places;
  close(places: Places): tf.Tensor;
}

/** A step of a direction: what is done to the places, and the map, where there is one. */
export type Link = { step: Split | Join } | { step: Through; way: OneWay };

/** Channels that come together where they parted, and the other way round. */
export const undone = (step: Split | Join): Split | Join =>
  step.kind === 'split'
    ? { ...step, kind: 'join', from: step.to, to: step.from }
    : { ...step, kind: 'split', from: step.to, to: step.from };

/** The steps of a direction, in its order. */
export const linksOf = (steps: readonly Step[], direction: 'ahead' | 'behind'): Link[] =>
  direction === 'ahead' ? steps.map(ahead) : steps.map(behind).reverse();

const ahead = (step: Step): Link => (step.kind === 'through' ? { step, way: step.b } : { step });
const behind = (step: Step): Link =>
  step.kind === 'through'
    ? { step: { ...step, from: step.to, to: step.from }, way: backwards(step.b) }
    : { step: undone(step) };

/** The places after channels part or come together. */
export function rearranged({ kind, from, to, sizes }: Split | Join, places: Places): Places {
  const before: readonly string[] = [from].flat();
  const rest = Object.fromEntries(Object.entries(places).filter(([name]) => !before.includes(name)));
  const tensors = before.map((name) => present(places[name]));
  const parts = kind === 'split' ? splitChannels(present(tensors[0]), sizes) : [joinChannels(tensors)];
  return { ...rest, ...Object.fromEntries([to].flat().map((name, i) => [name, present(parts[i])])) };
}

/** Places of which one has moved on. */
export const replaced = (places: Places, { from, to }: Through, t: tf.Tensor): Places => ({
  ...Object.fromEntries(Object.entries(places).filter(([name]) => name !== from)),
  [to]: t,
});

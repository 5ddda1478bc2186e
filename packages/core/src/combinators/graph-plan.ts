import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Shape } from '../bijection';
import { checkBijection } from '../check';
import { bodyOf } from '../edge';
import { refuse, show } from '../errors';
import { isObject } from '../registry';
import { channels, sameShape, sizeOf, withChannels } from '../tensors/channels';
import { present } from '../weight-names';
import { type End, outside, type Step } from './graph-steps';

/** A bijection from one place to another, conditioned on a third one that is in use there, or on 'condition', that of the whole. */
export interface GraphMap {
  from: string;
  through: Bijection;
  to: string;
  given?: string;
}
/** The channels of a place, parted: how many come to each new place, in their order. */
export interface GraphSplit {
  from: string;
  split: Readonly<Record<string, number>>;
}
/** Places whose channels come together. */
export interface GraphJoin {
  join: readonly string[];
  to: string;
}
export type GraphNode = GraphMap | GraphSplit | GraphJoin;

export interface GraphOptions {
  /** Shape of x without the batch. */
  shape: Shape;
  /** What happens, in its order; x is the first place. */
  nodes: readonly GraphNode[];
}

/** The first place. */
export const first = 'x';

export const nodeRule = {
  expected: '{ from, through, to }, { from, split } or { join, to }',
  holds: (value: unknown) =>
    isObject(value) && ('join' in value || 'through' in value || ('split' in value && isObject(value.split))),
};

/** The steps of a graph, and the shapes of its places without the batch. */
export interface Plan {
  shape: Shape;
  steps: readonly Step[];
  shapes: ReadonlyMap<string, Shape>;
  /** Places that nobody leaves. */
  ends: readonly string[];
}

/** The places that are in use, step by step, and the shapes of all. */
function placesOf(shape: Shape) {
  const shapes = new Map<string, Shape>([[first, shape]]);
  const live = new Set([first]);
  return {
    shapes,
    live,
    at(name: string): Shape {
      const known = shapes.get(name);
      if (known && live.has(name)) return known;
      const places = `a place that is in use: ${[...live].join(', ')}`;
      return refuse(
        'graph',
        places,
        show(name),
        known ? 'It was left before.' : 'Places come before their use.',
      );
    },
    leave(name: string): Shape {
      const known = this.at(name);
      live.delete(name);
      return known;
    },
    reach(name: string, of: Shape): void {
      if (typeof name !== 'string' || shapes.has(name) || [outside, ''].includes(name))
        refuse(
          'graph',
          'a new name for each place',
          show(name),
          `Names are free but for ${first}, ${outside}.`,
        );
      shapes.set(name, of);
      live.add(name);
    },
  };
}
type PlacesInUse = ReturnType<typeof placesOf>;

function mapOf({ from, through, to, given }: GraphMap, places: PlacesInUse): Step {
  checkBijection('graph', through);
  const before = places.leave(from);
  if (given !== undefined && given !== outside) places.at(given);
  places.reach(to, through.outputShape([1, ...before]).slice(1));
  return { kind: 'through', from, to, b: bodyOf(through), given, key: to };
}

function splitOf({ from, split }: GraphSplit, places: PlacesInUse): Step {
  const before = places.leave(from);
  const [to, sizes] = [Object.keys(split), Object.values(split)];
  const isWhole = sizes.every((n) => Number.isInteger(n) && n > 0);
  if (to.length < 2 || !isWhole || sizes.reduce((sum, n) => sum + n, 0) !== channels(before)) {
    const expected = `a split of ${channels(before)} channels into whole numbers`;
    refuse('graph', expected, show(split), `${from} has shape ${show(before)}.`);
  }
  for (const [i, name] of to.entries()) places.reach(name, withChannels(before, sizes[i] ?? 0));
  return { kind: 'split', from, to, sizes };
}

function joinOf({ join: from, to }: GraphJoin, places: PlacesInUse): Step {
  if (!Array.isArray(from) || from.length < 2)
    refuse('graph', 'two places or more to join', show(from), "As in join: ['a', 'b'].");
  const parts = from.map((name) => places.leave(name));
  const [one = []] = parts;
  const apart = parts.find((part) => !sameShape(withChannels(part, 0), withChannels(one, 0)));
  if (apart)
    refuse('graph', `spatial sizes like those of ${show(one)}`, show(apart), 'Squeeze one of them first.');
  const sizes = parts.map(channels);
  places.reach(
    to,
    withChannels(
      one,
      sizes.reduce((sum, n) => sum + n, 0),
    ),
  );
  return { kind: 'join', from, to, sizes };
}

export function planOf({ shape, nodes }: GraphOptions): Plan {
  const places = placesOf(shape);
  const steps = nodes.map((node): Step => {
    if ('through' in node) return mapOf(node, places);
    return 'split' in node ? splitOf(node, places) : joinOf(node, places);
  });
  return { shape, steps, shapes: places.shapes, ends: [...places.live] };
}

/** The places at the end: one as it is, several as one vector. */
export function endOf({ ends, shapes }: Plan): End & { shape: Shape } {
  const all = ends.map((name) => shapes.get(name) ?? []);
  const [only = first] = ends;
  if (ends.length === 1)
    return {
      shape: all[0] ?? [],
      open: (t) => ({ [only]: tf.clone(t) }),
      close: (places) => present(places[only]),
    };
  const sizes = all.map(sizeOf);
  return {
    shape: [sizes.reduce((sum, n) => sum + n, 0)],
    open(t) {
      const parts: tf.Tensor[] = tf.split(t, sizes, 1);
      return Object.fromEntries(
        ends.map((name, i) => [name, tf.reshape(present(parts[i]), [-1, ...(all[i] ?? [])])]),
      );
    },
    close: (places) =>
      tf.concat(
        ends.map((name, i) => tf.reshape(present(places[name]), [-1, sizes[i] ?? 0])),
        1,
      ),
  };
}

/** A step in a line. */
export function lineOf(step: Step, shapes: ReadonlyMap<string, Shape>): string {
  const place = (name: string) => `${name} ${show(shapes.get(name))}`;
  const line = `${[step.from].flat().join(' + ')} → ${[step.to].flat().map(place).join(', ')}`;
  if (step.kind !== 'through') return line;
  return `${line}: ${step.b.name}${step.given === undefined ? '' : ` given ${step.given}`}`;
}

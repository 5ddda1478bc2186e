import type * as tfl from '@tensorflow/tfjs-layers';

/** A member whose inverse was found too inexact to trust. */
export interface Fallback {
  name: string;
  /** The relative error of the input that it rebuilt, and of the output that it was rebuilt from. */
  error: number;
  from: number;
  /** The step in which that was seen. */
  step: number;
}

/** By layer, and by the path of the member in it; '' is the layer itself. */
const all = new WeakMap<tfl.layers.Layer, ReadonlyMap<string, Fallback>>();
const none: ReadonlyMap<string, Fallback> = new Map();

/** The members of a layer that keep their input while a guard is on: what the last look at the layer found. */
export const fallbacksOf = (layer: tfl.layers.Layer): ReadonlyMap<string, Fallback> => all.get(layer) ?? none;

export const setFallbacks = (layer: tfl.layers.Layer, found: ReadonlyMap<string, Fallback>): void =>
  void all.set(layer, found);

const figure = (n: number) => (Number.isFinite(n) ? n.toExponential(1) : 'no number');

/** As in: its inverse made an error of 2.0e-2 of one of 1.1e-6. */
export const reasonOf = ({ error, from }: Fallback): string =>
  `its inverse made an error of ${figure(error)} of one of ${figure(from)}`;

/** The name of a member of a layer. */
export const memberName = (layer: tfl.layers.Layer, path: string, name: string): string =>
  path === '' ? `layer "${layer.name}"` : `layer "${layer.name}", member ${path}/${name}`;

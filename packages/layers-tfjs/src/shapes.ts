import type { Shape } from '@invertible/core';

/** A shape of tf.layers, in which sizes that are not known are null. */
export type LayerShape = (number | null)[];

/** The shapes of all inputs of a layer. */
export const allListed = (shape: LayerShape | LayerShape[]): LayerShape[] => {
  const isList = (s: typeof shape): s is LayerShape[] => Array.isArray(s[0]);
  return isList(shape) ? shape : [shape];
};

/** The shape of x and, given one, that of the condition. */
export const listed = (shape: LayerShape | LayerShape[]): [LayerShape, LayerShape?] => {
  const [x = [], condition] = allListed(shape);
  return condition ? [x, condition] : [x];
};

/** What layers of several outputs give: the only one by itself, or the list. */
export const oneOrAll = <T>(all: T[]): T | T[] => (all.length === 1 && all[0] !== undefined ? all[0] : all);

/** tf.layers leaves the batch open; bijections count with numbers, and other sizes that are not known are NaN. */
export const sizes = (shape: LayerShape): number[] => shape.map((n, i) => n ?? (i === 0 ? 1 : Number.NaN));

/** The shape of core as one of tf.layers, for an open batch. */
export const openShape = ([, ...sample]: Shape, batch: number | null): LayerShape => [
  batch,
  ...sample.map((n) => (Number.isNaN(n) ? null : n)),
];

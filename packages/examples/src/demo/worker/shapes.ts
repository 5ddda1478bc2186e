import * as core from '@invertible/core';
import type { ShapeName, Stroke } from '../protocol';
import { drawn } from './drawn';

/** Distributions to choose from. */
const shapes = {
  twoMoons: core.twoMoons,
  eightGaussians: core.eightGaussians,
  checkerboard: core.checkerboard,
  rings: core.rings,
  banana: core.banana,
  pinwheel: core.pinwheel,
  spirals: core.spirals,
} satisfies Record<Exclude<ShapeName, 'drawn'>, () => core.Dataset>;

export const shapeOf = (name: ShapeName, strokes: readonly Stroke[]): core.Dataset =>
  name === 'drawn' ? drawn(strokes) : shapes[name]();

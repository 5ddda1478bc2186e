import * as tf from '@tensorflow/tfjs-core';
import { largest, read, relative } from './read';
import { type OnGrid, type Sample, unrounded } from './sample';

/**
 * How far values are from the grid of a map, in steps: of y, and of y for an x that is moved off the grid by less than half a step,
 * which must be the same; and how far y and the gradient of Σ y² / 2 are from those of the map without rounding, relatively.
 */
export async function gridErrors(at: Sample, { step }: OnGrid) {
  const [y, moved, smooth, dx, dSmooth] = await read(() => {
    const all = [at, unrounded(at)].map(({ bijection, x, w, c }) => {
      const { y } = bijection.forward(x, w, c);
      return { y, dx: bijection.pullback(y, y, tf.zeros([x.shape[0]]), w, c).dx };
    });
    const off = at.bijection.forward(tf.add(at.x, 0.4 * step), at.w, at.c);
    return [all[0]!.y, off.y, all[1]!.y, all[0]!.dx, all[1]!.dx];
  });
  return {
    grid: {
      'off the grid': largest(y.map((v) => v / step - Math.round(v / step))),
      'input not rounded': largest(y.map((v, i) => v - moved[i]!)),
    },
    map: {
      'off the map without rounding': relative(y, smooth),
      'gradient off that without rounding': relative(dx, dSmooth),
    },
  };
}

import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../../bijection';
import { channels, pixels, sizeOf } from '../../tensors/channels';
import { patches } from '../../tensors/patches';
import { tidy } from '../../tidy';
import { type Network, network } from '../network';

/** f, of the patches of x as the pixels of a line; what it puts out are patches of the output. */
export function onPatches(name: string, size: number, f: Network): Network {
  const { apply, undo, outputShape } = patches(name, size);
  const line = (t: tf.Tensor) => {
    const grid = apply(t);
    return tf.reshape(grid, lineOf(grid.shape));
  };
  const lineOf = (shape: Shape) => [shape[0] ?? 1, pixels(shape), channels(shape)];
  /** A line of patches at the places of those of `shape`. */
  const back = (h: tf.Tensor, shape: Shape) =>
    undo(tf.reshape(h, [...outputShape(shape).slice(0, -1), channels(h.shape)]));
  const numbers = (shape: Shape, out: number) => out * sizeOf(shape.slice(1, -1).map(() => size));
  return network({
    reads: { x: false, h: false },
    outputShape: (shape, out) => [...shape.slice(0, -1), out],
    weights: (shape, out) => f.weights(lineOf(outputShape(shape)), numbers(shape, out)),
    forward: (x, w) => tf.tidy(() => back(f.forward(line(x), w), x.shape)),
    linearize(x, w) {
      const shape = x.shape;
      const all = tf.tidy(() => line(x));
      const { h, pullback } = f.linearize(all, w);
      const out = tf.tidy(() => back(h, shape));
      if (!f.reads.x) all.dispose();
      if (!f.reads.h) h.dispose();
      return {
        h: out,
        pullback(dh) {
          const dLine = tf.tidy(() => line(dh));
          const { dx: dAll, dw } = pullback(dLine);
          const dx = tf.tidy(() => back(dAll, shape));
          tf.dispose([dLine, dAll, all, h]);
          return { dx, dw };
        },
      };
    },
    pushforward: (x, dx, w, dw) =>
      tidy(() => {
        const { h, dh } = f.pushforward(line(x), line(dx), w, dw);
        return { h: back(h, x.shape), dh: back(dh, x.shape) };
      }),
  });
}

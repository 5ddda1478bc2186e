import type * as tf from '@tensorflow/tfjs-core';
import type { Grid } from '../autodiff/grid';
import type { Parameters, Transformer } from './transformer';

/**
 * A transformer that only adds and takes away, its parameters rounded to a grid: of v on the grid u is on it, and back, both exact.
 *
 *     u = φ(v; round h)      du, dh those of φ at round h: straight through
 */
export const onGrid = <P extends string>(phi: Transformer<P>, { round, within }: Grid): Transformer<P> => ({
  ...phi,
  given(h) {
    const { undo, at } = phi.given(mapped(h, round));
    return {
      undo: (u) => within(undo(u)),
      at(v, known) {
        const local = at(v, known);
        return { ...local, u: () => within(local.u()) };
      },
    };
  },
});

const mapped = <P extends string>(h: Parameters<P>, f: (t: tf.Tensor) => tf.Tensor): Parameters<P> => {
  const all: Parameters<P> = { ...h };
  for (const name in all) all[name] = f(all[name]);
  return all;
};

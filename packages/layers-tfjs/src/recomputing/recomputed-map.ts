import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

interface Beside {
  condition: tf.Tensor | undefined;
  /** The log-determinants of the layers before. */
  before: tf.Tensor | undefined;
}

/** A bijection whose gradient keeps the input, and evaluates the map again: nothing is rebuilt. */
export function recomputedMap(
  bijection: core.Bijection,
  x: tf.Tensor,
  w: core.Weights,
  { condition, before }: Beside,
): core.Applied {
  const names = Object.keys(w);
  // Statistics of the batch are tensors, whose numbers an op has to keep.
  const [fixed, variables] = [
    names.filter((n) => !(w[n] instanceof tf.Variable)),
    names.flatMap((n) => variable(w[n])),
  ];
  const forward = core.recomputed(
    ([input, ...rest]) => {
      const values = fixed.map((name, i) => [name, rest[i]]);
      const own: core.Weights = { ...w, ...Object.fromEntries(values) };
      const { y, logDet } = bijection.forward(input ?? x, own, condition && rest.at(-1));
      return [y, logDet];
    },
    { variables },
  );
  const [y = x, logDet = x] = forward([x, ...fixed.map((n) => w[n]!), ...(condition ? [condition] : [])]);
  return { y, logDet: before ? tf.add(before, logDet) : logDet };
}

const variable = (t: tf.Tensor | undefined): tf.Variable[] => (t instanceof tf.Variable ? [t] : []);

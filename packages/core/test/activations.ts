import * as core from '@invertible/core';
import { activationBytes } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';

/** Peak activation bytes of a gradient step through reversible ops, one after the other, each with variables of its own. */
export async function activationsOf(
  ops: readonly core.Bijection[],
  x: tf.Tensor,
  condition?: tf.Tensor,
): Promise<number> {
  const given = condition && { condition };
  const weights = ops.map((b, k) => {
    const w = core.createWeights(b, x.shape, { seed: k, ...(condition && { condition: condition.shape }) });
    const variables = Object.fromEntries(Object.entries(w).map(([name, t]) => [name, tf.variable(t)]));
    tf.dispose(w);
    return variables;
  });
  const run = () => {
    let state: core.Applied | undefined;
    ops.forEach((b, k) => {
      const before = state && { logDet: state.logDet, consume: true };
      state = core.reversible(b)(state?.y ?? x, weights[k]!, { ...before, ...given });
    });
    return tf.mean(tf.square(state!.y)) as tf.Scalar;
  };
  const step = () => {
    const { value, grads } = tf.variableGrads(run);
    value.dispose();
    return Object.values(grads);
  };
  tf.dispose(step());
  const { activations } = await activationBytes(step);
  tf.dispose(weights);
  return activations;
}

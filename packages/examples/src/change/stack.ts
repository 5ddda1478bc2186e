import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';

/** Hyperbolic layers one after the other over variables of their own. */
export interface Stack {
  variables: Record<string, tf.Variable>;
  /** x: [batch, …spatial, 2·C], a pair of states. The gradient rebuilds activations, or reads those that the forward pass stored. */
  apply(x: tf.Tensor, gradient?: 'reversible' | 'stored'): tf.Tensor;
  inverse(y: tf.Tensor): tf.Tensor;
}

interface StackOptions {
  layers: number;
  hidden: number;
  /** Shape of x. */
  shape: readonly number[];
  seed: number;
  /** The kernels begin this much smaller than usual: the first network is nearly the identity. Default 1. */
  size?: number;
}

/** The leapfrog step 4/n keeps n layers stable. */
export function hyperbolicStack({ layers, hidden, shape, seed, size = 1 }: StackOptions): Stack {
  const steps = Array.from({ length: layers }, (_, k) => {
    const layer = core.hyperbolic({ hidden, step: 4 / layers });
    const initial = core.createWeights(layer, [...shape], { seed: core.childSeed(seed, k, 'member') });
    const weights = Object.fromEntries(
      Object.entries(initial).map(([name, t]) => [name, tf.tidy(() => tf.variable(tf.mul(size, t)))]),
    );
    tf.dispose(initial);
    return { layer, op: core.reversible(layer), weights };
  });
  return {
    variables: Object.fromEntries(
      steps.flatMap(({ weights }, k) =>
        Object.entries(weights).map(([name, v]) => [`layer ${k}/${name}`, v]),
      ),
    ),
    apply: (x, gradient = 'reversible') =>
      tf.tidy(() => {
        if (gradient === 'stored') {
          return steps.reduce((y, { layer, weights }) => tf.tidy(() => layer.forward(y, weights).y), x);
        }
        let state: core.Applied | undefined;
        for (const { op, weights } of steps) {
          state = op(state?.y ?? x, weights, state && { logDet: state.logDet, consume: true });
        }
        return state?.y ?? x;
      }),
    inverse: (y) =>
      steps.reduceRight((x, { layer, weights }) => tf.tidy(() => layer.inverse(x, weights).x), y),
  };
}

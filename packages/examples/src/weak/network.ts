import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';

interface NetworkOptions {
  layers: number;
  hidden: number;
  seed: number;
}

export interface Network {
  variables: Record<string, tf.Variable>;
  /** The probability of the class: [slices, height, width, 2] → [slices, height/2, width/2, 1]. */
  output(input: tf.Tensor4D): tf.Tensor;
}

/**
 * A hyperbolic network that halves the resolution at its first layer; its output is the softmax of the first two channels of the
 * newest state, as in Peters 2020, arXiv:2007.13251.
 */
export function networkOf({ layers, hidden, seed }: NetworkOptions): Network {
  const same = Array.from({ length: layers - 1 }, () => ({ hidden }));
  const net = core.hyperbolicNetwork({ architecture: [{ action: 'down', hidden }, ...same], step: 0.3 });
  const op = core.reversible(net);
  const variables = tf.tidy(() => {
    const w = core.createWeights(net, [1, 2, 2, 4], { seed });
    return Object.fromEntries(Object.entries(w).map(([name, t]) => [name, tf.variable(t)]));
  });
  return {
    variables,
    output(input) {
      const { y } = op(core.pairOfStates(input), variables);
      const newest = (y.shape[3] ?? 0) / 2;
      const scores = tf.slice(y, [0, 0, 0, newest], [-1, -1, -1, 2]);
      return tf.slice(tf.softmax(scores), [0, 0, 0, 0], [-1, -1, -1, 1]);
    },
  };
}

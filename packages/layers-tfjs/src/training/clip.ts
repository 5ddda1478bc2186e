import { rules } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { optimizerRule } from '../check';

/**
 * Clips gradients by their global norm before an optimizer applies them; returns the optimizer.
 *
 *     g ← g·min(1, limit/‖g‖),  ‖g‖² over the gradients of all weights       Pascanu et al. 2013, arXiv:1211.5063, algorithm 1
 *
 * Nothing is read from the device. A gradient that is not finite stays so: `nanGuard` looks for it.
 *
 * ```ts
 * const flow = inn.realNvp({ shape: [2], layers: 2, hidden: 8 });
 * flow.compile({ optimizer: inn.clipByGlobalNorm(tf.train.adam(1e-3), 10) });
 * await flow.fit(tf.randomNormal([32, 2]), { epochs: 1, verbose: 0 });
 * ```
 */
export function clipByGlobalNorm<O extends tf.Optimizer>(optimizer: O, limit: number): O {
  rules.checkValue('clipByGlobalNorm', 'optimizer', optimizer, optimizerRule);
  rules.checkValue('clipByGlobalNorm', 'limit', limit, {
    ...rules.above(0),
    expected: 'a norm above 0',
    remedy: '1 to 100 is usual for a flow.',
  });
  const apply = optimizer.applyGradients.bind(optimizer);
  optimizer.applyGradients = (gradients) => {
    const named = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    // tfjs gives null for variables that the loss does not depend on.
    const present = named.filter(({ tensor }) => tensor as tf.Tensor | null);
    const clipped = tf.tidy(() => {
      const squares = present.map(({ tensor }) => tf.sum(tf.square(tensor)));
      // Not addN: for many tensors it has no room on webgpu, and leaves some behind on webgl.
      const norm = tf.sqrt(squares.reduce((sum, square) => tf.add(sum, square), tf.scalar(0)));
      const factor = tf.div(limit, tf.maximum(norm, limit));
      return present.map(({ tensor }) => tf.mul(tensor, factor));
    });
    apply(
      named.map((gradient) => {
        const i = present.indexOf(gradient);
        return i < 0 ? gradient : { name: gradient.name, tensor: clipped[i]! };
      }),
    );
    tf.dispose(clipped);
  };
  return optimizer;
}

import { InvertibleError } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { InvertibleLayer } from './invertible-layer';
import { logDetOf } from './log-dets';
import { register } from './register';

/**
 * The likelihood head of a flow: the negative log-likelihood of each example under a standard normal latent, in nats.
 *
 *     −log p(x) = ½‖z‖² + (D/2)·log 2π − Σ log|det J|      [batch, …] → [batch, 1],  D numbers per example
 *
 * The log-determinants come from the invertible layers before it; another layer in between is an error that names it.
 * Dinh et al. 2017, arXiv:1605.08803, eq. 1–3.
 */
export class InvertibleGaussianLikelihood extends tfl.layers.Layer {
  static className = 'InvertibleGaussianLikelihood';

  constructor(args: NonNullable<ConstructorParameters<typeof tfl.layers.Layer>[0]> = {}) {
    super(args);
  }

  override computeOutputShape(inputShape: (number | null)[]): (number | null)[] {
    return [inputShape[0] ?? null, 1];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const z = Array.isArray(inputs) ? inputs[0]! : inputs;
    const logDet = logDetOf(z);
    if (!logDet) this.refuse();
    return tf.tidy(() => {
      const rows = tf.reshape(z, [z.shape[0]!, -1]);
      const constant = 0.5 * Math.log(2 * Math.PI) * rows.shape[1]!;
      const energy = tf.mul(0.5, tf.sum(tf.square(rows), 1));
      return tf.reshape(tf.sub(tf.add(energy, constant), logDet!), [-1, 1]);
    });
  }

  private refuse(): never {
    const before = this.inboundNodes[0]?.inboundLayers[0];
    const named = before ? `"${before.name}" (${before.getClassName()})` : 'a tensor of no layer';
    throw new InvertibleError({
      where: this.name,
      expected: 'the output of an invertible layer',
      came: before instanceof InvertibleLayer ? `a copy of the output of ${named}` : named,
      remedy: 'Put gaussianLikelihood directly after the flow; layers without inverse go before the flow.',
    });
  }
}

register(InvertibleGaussianLikelihood);

/** The loss of a model that ends in `gaussianLikelihood()`: the mean negative log-likelihood. Targets are ignored. */
export const nll = (_target: tf.Tensor, perExample: tf.Tensor): tf.Tensor => tf.mean(perExample);

import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import type { LabelledPixel } from './labels';
import { hyperbolicStack } from './stack';

export interface ChangeNetwork {
  variables: Record<string, tf.Variable>;
  /** Cross-entropy at the labelled pixels, with penalties for a ragged map and for large weights. */
  loss(labels: readonly LabelledPixel[]): tf.Scalar;
  /** The probability of a change at every pixel, [y, x]. */
  probability(): tf.Tensor;
  /** ‖back through the layers − what went in‖, relative. */
  inverseError(): tf.Scalar;
}

interface NetworkOptions {
  /** Layers of the network. */
  layers: number;
  /** Channels of their hidden activations. */
  hidden: number;
  seed: number;
}

/** Of the mean difference of neighbouring pixels, and of squared weights. */
const [smoothness, decay] = [2, 1e-3];
/** The kernels begin small: before the training, the features of a pixel are those of its own two spectra. */
const size = 0.3;

/**
 * Hyperbolic layers over the volume [1, y, x, band, 4] of a pair of states, the dates their channels. The bands of a pixel, with
 * their channels, are the features of a linear classifier. The whole volume is one batch.
 */
export function changeNetwork(volume: tf.Tensor, { layers, hidden, seed }: NetworkOptions): ChangeNetwork {
  const [, height = 0, width = 0, bands = 0, channels = 0] = volume.shape;
  const stack = hyperbolicStack({ layers, hidden, shape: volume.shape, seed, size });
  const variables: Record<string, tf.Variable> = {
    ...stack.variables,
    'classifier/W': tf.variable(tf.zeros([bands * channels, 2])),
    'classifier/b': tf.variable(tf.zeros([2])),
  };
  const matrices = Object.entries(variables).filter(([name]) => /[KW]$/.test(name));
  const logits = (): tf.Tensor => {
    const features = tf.reshape(stack.apply(volume), [height * width, bands * channels]);
    const all = tf.add(tf.matMul(features, variables['classifier/W']!), variables['classifier/b']!);
    return tf.reshape(all, [1, height, width, 2]);
  };
  const changeIn = (l: tf.Tensor) => tf.slice(tf.softmax(l), [0, 0, 0, 1], [1, height, width, 1]);
  const differences = core.gradientOperator();
  return {
    variables,
    loss(labels) {
      const fit = core.crossEntropyAt(labels.map(({ y, x, changed }) => ({ at: [0, y, x], class: changed })));
      const all = logits();
      const ragged = tf.mean<tf.Scalar>(tf.abs(differences.apply(changeIn(all))));
      const large = tf.addN(matrices.map(([, v]) => tf.sum<tf.Scalar>(tf.square(v))));
      return tf.addN<tf.Scalar>([
        fit(all),
        tf.mul<tf.Scalar>(smoothness, ragged),
        tf.mul<tf.Scalar>(decay, large),
      ]);
    },
    probability: () => tf.tidy(() => tf.reshape(changeIn(logits()), [height, width])),
    inverseError: () =>
      tf.tidy(() => {
        const again = stack.inverse(stack.apply(volume));
        return tf.div<tf.Scalar>(tf.max(tf.abs(tf.sub(again, volume))), tf.max(tf.abs(volume)));
      }),
  };
}

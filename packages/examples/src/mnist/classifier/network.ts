import { readFileSync } from 'node:fs';
import { fromSafetensors } from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import { classes, side } from '../data';

/** Where `main.ts` writes the weights. */
export const weightsFile = new URL('../../../data/digit-classifier.safetensors', import.meta.url);

/** A convolutional network that reads digits, [n, 28, 28, 1] within [0, 1] to probabilities [n, 10], of ordinary tf.layers. */
export function classifierNetwork(seed = 1): tf.Sequential {
  const init = (k: number) => tf.initializers.heNormal({ seed: seed + k });
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        ...{ inputShape: [side, side, 1], filters: 16, kernelSize: 5, strides: 2, padding: 'same' },
        ...{ activation: 'relu', kernelInitializer: init(0) },
      }),
      tf.layers.conv2d({
        ...{ filters: 32, kernelSize: 3, strides: 2, padding: 'same' },
        ...{ activation: 'relu', kernelInitializer: init(1) },
      }),
      tf.layers.flatten(),
      tf.layers.dropout({ rate: 0.3, seed }),
      tf.layers.dense({ units: classes, activation: 'softmax', kernelInitializer: init(2) }),
    ],
  });
}

/** The names of its weights in the file, in their order. */
export const weightNames = [
  'conv1/kernel',
  'conv1/bias',
  'conv2/kernel',
  'conv2/bias',
  'dense/kernel',
  'dense/bias',
];

/** The network with the weights that are part of the repository. */
export function loadClassifier(): tf.Sequential {
  const model = classifierNetwork();
  const { weights } = fromSafetensors(readFileSync(weightsFile));
  model.setWeights(weightNames.map((name) => weights[name]!));
  tf.dispose(weights);
  return model;
}

/** The class that the network reads in each image. */
export async function read(model: tf.Sequential, images: tf.Tensor): Promise<number[]> {
  const found: number[] = [];
  for (const scores of [model.predict(images, { batchSize: 250 })].flat()) {
    const best = tf.argMax(scores, 1);
    found.push(...(await best.data()));
    tf.dispose([scores, best]);
  }
  return found;
}

import * as tf from '@tensorflow/tfjs';
import type { Problem } from './problem';
import { firstStep, type Solver } from './solver';

/**
 * A U-Net of tf.layers that corrects the image of the first gradient step, with about so many weights: the usual network without a
 * physical model in it.   Jin et al. 2017, arXiv:1611.03679.
 */
export function convolutionalNetwork(
  problem: Problem,
  { weights, seed, step }: { weights: number; seed: number; step: number },
): Solver {
  const model = uNet(widthFor(weights), seed);
  return {
    variables: Object.fromEntries(model.trainableWeights.map((weight, k) => [`${k}`, variableOf(weight)])),
    solve: (d) =>
      tf.tidy(() => {
        const y = model.apply(firstStep(problem, d, step), { training: true });
        if (y instanceof tf.Tensor) return y;
        throw new TypeError('The network has several outputs.');
      }),
  };
}

/** Three levels of w, 2w and 2w channels. */
function uNet(w: number, seed: number): tf.LayersModel {
  let drawn = 100 * seed;
  const to = (filters: number, strides = 1, kernelSize = 3) => ({
    ...{ filters, strides, kernelSize, padding: 'same' as const, activation: 'relu' as const },
    kernelInitializer: tf.initializers.heNormal({ seed: drawn++ }),
  });
  const conv = (x: tf.SymbolicTensor, filters: number, strides = 1) =>
    through(tf.layers.conv2d(to(filters, strides)), x);
  const up = (x: tf.SymbolicTensor, beside: tf.SymbolicTensor, filters: number) =>
    through(tf.layers.concatenate(), [through(tf.layers.conv2dTranspose(to(filters, 2, 2)), x), beside]);
  const input = tf.input({ shape: [null, null, 1] });
  const full = conv(input, w);
  const half = conv(conv(full, 2 * w, 2), 2 * w);
  const quarter = conv(conv(half, 2 * w, 2), 2 * w);
  const again = conv(up(quarter, half, 2 * w), 2 * w);
  const fine = conv(up(again, full, w), w);
  const last = tf.layers.conv2d({ filters: 1, kernelSize: 3, padding: 'same', kernelInitializer: 'zeros' });
  const outputs = through(tf.layers.add(), [input, through(last, fine)]);
  return tf.model({ inputs: input, outputs });
}

/** The width at which the network has the nearest number of weights. */
function widthFor(weights: number): number {
  // 3×3 convolutions of 2w²+4w²+4w²+4w²+8w²+2w² pairs of channels, 2×2 ones of 4w²+2w².
  return Math.max(1, Math.round(Math.sqrt(weights / (9 * 24 + 4 * 6))));
}

/** A layer with one output in a graph of layers. */
function through(layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]): tf.SymbolicTensor {
  const y = layer.apply(x);
  if (y instanceof tf.SymbolicTensor) return y;
  throw new TypeError(`The layer "${layer.name}" has several outputs.`);
}

function variableOf(weight: tf.LayerVariable): tf.Variable {
  const value = weight.read();
  if (value instanceof tf.Variable) return value;
  throw new TypeError(`The weight "${weight.name}" does not train.`);
}

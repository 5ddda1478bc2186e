import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';

type Gradient = inn.InvertibleLayer['gradient'];

/** The layers of a model on images [size, size, channels], the first with its input shape. */
export type Recipe = (depth: number, inputShape: number[], gradient: Gradient) => tf.layers.Layer[];

const times = <T>(n: number, make: (k: number) => T): T[] => Array.from({ length: n }, (_, k) => make(k));

const coupling = (seed: number, gradient: Gradient, first: { inputShape?: number[] } = {}) =>
  inn.affineCoupling({ hidden: 32, flip: seed % 2 === 1, seed, gradient, ...first });

export const affineCouplings: Recipe = (depth, inputShape, gradient) => [
  ...times(depth, (k) => coupling(k, gradient, k === 0 ? { inputShape } : {})),
  inn.gaussianLikelihood(),
];

export const recipes: Record<string, Recipe> = {
  'affine couplings': affineCouplings,
  'flow steps (ActNorm, 1×1 convolution, affine coupling)': (depth, inputShape, gradient) => [
    ...times(depth, (k) => [
      inn.actNorm({ gradient, ...(k === 0 ? { inputShape } : {}) }),
      inn.conv1x1({ seed: k, gradient }),
      coupling(k, gradient),
    ]).flat(),
    inn.gaussianLikelihood(),
  ],
  'couplings between a convolution with batch normalisation and a dense head': (
    depth,
    inputShape,
    gradient,
  ) => [
    tf.layers.conv2d({ filters: inputShape.at(-1) ?? 0, kernelSize: 3, padding: 'same', inputShape }),
    tf.layers.batchNormalization(),
    ...times(depth, (k) => coupling(k, gradient)),
    tf.layers.globalAveragePooling2d({}),
    tf.layers.dense({ units: 10 }),
  ],
};

export const build = (recipe: Recipe, depth: number, size: number, gradient: Gradient): tf.Sequential =>
  tf.sequential({ layers: recipe(depth, [size, size, 4], gradient) });

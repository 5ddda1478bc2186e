import type * as core from '@invertible/core';
import type * as inn from '@invertible/layers-tfjs';
import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/** The libraries of one checkout: those that wrote the golden files, or the present ones. */
export interface Kit {
  tf: typeof tf;
  tfl: typeof tfl;
  core: typeof core;
  inn: typeof inn;
}

/** Normal numbers, the same each time. */
export const normal = ({ tf }: Kit, shape: number[], seed: number): tf.Tensor =>
  tf.randomNormal(shape, 0, 1, 'float32', seed + 0.5);

/** A network inside a coupling: an ordinary model, `special` with batch normalisation and dropout, which differ in training. */
export const network =
  ({ tfl }: Kit, special = false): inn.ModelFactory =>
  (shape, out, condition) => {
    const kernelInitializer = tfl.initializers.glorotUniform({ seed: 1 });
    const x = tfl.input({ shape });
    const c = condition && tfl.input({ shape: condition });
    const both = c ? tfl.layers.concatenate().apply([x, c]) : x;
    const inside = [
      tfl.layers.dense({ units: 3, activation: 'tanh', kernelInitializer }),
      ...(special ? [tfl.layers.batchNormalization(), tfl.layers.dropout({ rate: 0.5 })] : []),
      tfl.layers.dense({ units: out, kernelInitializer: 'zeros' }),
    ];
    const outputs = inside.reduce((h, layer) => layer.apply(h), both) as tfl.SymbolicTensor;
    return tfl.model({ inputs: c ? [x, c] : x, outputs });
  };

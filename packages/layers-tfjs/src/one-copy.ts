import * as core from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

type Input = tf.Tensor | tfl.SymbolicTensor;

/** The inputs of a layer as a list; symbolic ones that another copy of tf.layers has made are refused: this one takes them for numbers. */
export function inputsOf(where: string, inputs: Input | Input[]): Input[] {
  const all = [inputs].flat();
  if (
    all.some(
      (t) => typeof t === 'object' && t !== null && 'sourceLayer' in t && !(t instanceof tfl.SymbolicTensor),
    )
  ) {
    core.refuse(
      where,
      'tensors of the one @tensorflow/tfjs-layers that @invertible/layers-tfjs imports',
      'one of a second copy of TensorFlow.js',
      'Load tfjs once: `npm ls @tensorflow/tfjs-layers` lists the copies, and a page has either the script tag or the bundle.',
    );
  }
  return all;
}

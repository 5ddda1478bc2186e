import { refuse } from '@invertible/core';
import * as tfl from '@tensorflow/tfjs-layers';

/** Refuses symbolic tensors that another copy of tf.layers has made: this one takes them for numbers. */
export function refuseSecondCopy(where: string, inputs: readonly unknown[]): void {
  const isForeign = (t: unknown) =>
    typeof t === 'object' && t !== null && 'sourceLayer' in t && !(t instanceof tfl.SymbolicTensor);
  if (!inputs.some(isForeign)) return;
  refuse(
    where,
    'tensors of the one @tensorflow/tfjs-layers that @invertible/layers-tfjs imports',
    'one of a second copy of TensorFlow.js',
    'Load tfjs once: `npm ls @tensorflow/tfjs-layers` lists the copies, and a page has either the script tag or the bundle.',
  );
}

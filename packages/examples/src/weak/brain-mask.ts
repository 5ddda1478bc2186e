import * as tf from '@tensorflow/tfjs';

/** The brain of axial slices, from the regions of grey matter in it: gaps are closed, and what they enclose belongs to it. */
export function brainOf(regions: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const labelled: tf.Tensor4D = tf.cast(tf.greater<tf.Tensor4D>(regions, 0), 'float32');
    const closed = not(grow(not(grow(labelled, gap)), gap));
    return not(reachable(not(closed)));
  });
}

/** Gaps of less than so many voxels are closed. */
const gap = 5;

const not = (mask: tf.Tensor4D): tf.Tensor4D => tf.sub(1, mask);

/** With all that is less than half the side of a square away. */
const grow = (mask: tf.Tensor4D, side: number): tf.Tensor4D => tf.maxPool(mask, side, 1, 'same');

/** What of a mask can be reached from the corner of its slice, voxel by voxel. */
function reachable(mask: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = mask.shape;
  let reached: tf.Tensor4D = tf.mul(
    mask,
    tf.pad(tf.ones([1, 1, 1, 1]), [
      [0, 0],
      [0, height - 1],
      [0, width - 1],
      [0, 0],
    ]),
  );
  for (let k = 0; k < height + width; k++) {
    const before = reached;
    reached = tf.tidy(() => tf.mul(mask, grow(before, 3)));
    before.dispose();
  }
  return reached;
}

import * as tf from '@tensorflow/tfjs-core';
import { checkLike, checkTensor } from '../check';
import { refuse, show } from '../errors';
import { above, checkOptions } from '../options';
import { batch, channels } from '../tensors/channels';
import type { PeakOptions } from './psnr';

/** Pixels along a side of the window, and the deviation of its Gaussian weights. */
const [side, deviation] = [11, 1.5];

/**
 * Structural similarity of each image, from −1 to 1 for equal ones: means, deviations and the correlation within a sliding window.
 *
 *     (2 μₓ μᵧ + c₁)(2 σₓᵧ + c₂) / ((μₓ² + μᵧ² + c₁)(σₓ² + σᵧ² + c₂))      c₁ = (0.01 L)², c₂ = (0.03 L)²
 *
 * averaged over all places of the window, 11 × 11 pixels with Gaussian weights of deviation 1.5, within the image, and over channels.
 * x, y: [batch, height ≥ 11, width ≥ 11, channels] → [batch].   Wang et al. 2004, doi:10.1109/TIP.2003.819861, eq. 13.
 */
export function ssim(x: tf.Tensor, y: tf.Tensor, options: PeakOptions = {}): tf.Tensor1D {
  checkTensor('ssim', 'x', x);
  checkLike('ssim', 'y', y, x.shape);
  checkOptions('ssim', options, { peak: above(0) });
  const { peak = 1 } = options;
  const [, height = 0, width = 0] = x.shape;
  if (x.rank !== 4 || height < side || width < side) {
    const expected = `[batch, height, width, channels] of at least ${side} × ${side} pixels`;
    refuse('ssim', expected, show(x.shape), 'Smaller images have no window; psnr has none either way.');
  }
  return tf.tidy(() => {
    // Of the numbers over the peak, so that squares of large ones do not overflow.
    const [a, b] = [tf.div(x, peak), tf.div(y, peak)];
    const [ma, mb] = [windowed(a), windowed(b)];
    const covariance = (s: tf.Tensor, t: tf.Tensor, ms: tf.Tensor, mt: tf.Tensor) =>
      tf.sub(windowed(tf.mul(s, t)), tf.mul(ms, mt));
    const [c1, c2] = [0.01 ** 2, 0.03 ** 2];
    const luminance = tf.div(
      tf.add(tf.mul(2, tf.mul(ma, mb)), c1),
      tf.add(tf.add(tf.square(ma), tf.square(mb)), c1),
    );
    const structure = tf.div(
      tf.add(tf.mul(2, covariance(a, b, ma, mb)), c2),
      tf.add(tf.add(covariance(a, a, ma, ma), covariance(b, b, mb, mb)), c2),
    );
    const map: tf.Tensor2D = tf.reshape(tf.mul(luminance, structure), [batch(x), -1]);
    return tf.mean(map, 1);
  });
}

/** Weighted means over all windows within the image. */
function windowed(t: tf.Tensor): tf.Tensor {
  const weights = Array.from({ length: side }, (_, k) =>
    Math.exp(-0.5 * ((k - (side - 1) / 2) / deviation) ** 2),
  );
  const total = weights.reduce((sum, w) => sum + w);
  const line = tf.tensor1d(weights.map((w) => w / total));
  const [n, height = 0, width = 0] = t.shape;
  const apart = tf.transpose(tf.reshape(t, [batch(t), height, width, channels(t.shape)]), [0, 3, 1, 2]);
  const planes: tf.Tensor4D = tf.reshape(apart, [-1, height, width, 1]);
  const down = tf.conv2d(planes, tf.reshape(line, [side, 1, 1, 1]), 1, 'valid');
  return tf.reshape(tf.conv2d(down, tf.reshape(line, [1, side, 1, 1]), 1, 'valid'), [n ?? 0, -1]);
}

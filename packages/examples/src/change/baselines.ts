import * as tf from '@tensorflow/tfjs';
import { floatsOf } from '../measure';
import type { Dates } from './dates';
import type { LabelledPixel } from './labels';
import { greenness } from './land';
import { standardized } from './volume';

/** A map of what changed, [y, x], by each of the usual ways, from the same labels. */
export async function baselines(
  dates: Dates,
  labels: readonly LabelledPixel[],
): Promise<Record<string, Uint8Array>> {
  return {
    'differences of the spectra': above(spectralDifference(dates), dates.side, labels),
    'differences of NDVI': above(indexDifference(dates), dates.side, labels),
    'logistic regression': await logisticRegression(dates, labels),
  };
}

/** The pixels above the threshold that tells most of the labelled ones apart, the lowest of such. */
function above(of: Float32Array, side: number, labels: readonly LabelledPixel[]): Uint8Array {
  const known = labels.map(({ y, x, changed }) => ({ value: of[y * side + x]!, changed: changed === 1 }));
  const right = (t: number) => known.filter(({ value, changed }) => value >= t === changed).length;
  const thresholds = known.map(({ value }) => value).sort((a, b) => a - b);
  const threshold = thresholds.reduce((best, t) => (right(t) > right(best) ? t : best));
  return Uint8Array.from(of, (v) => Number(v >= threshold));
}

/** ‖after − before‖ of the standardised spectra of each pixel. */
function spectralDifference({ before, after, bands }: Dates): Float32Array {
  const n = bands.length;
  const [a, b] = [standardized(before, n), standardized(after, n)];
  return Float32Array.from({ length: a.length / n }, (_, p) => {
    let sum = 0;
    for (let k = p * n; k < (p + 1) * n; k++) sum += (a[k]! - b[k]!) ** 2;
    return Math.sqrt(sum);
  });
}

/** |ΔNDVI| of each pixel, less the change that most pixels have. */
function indexDifference({ before, after, bands }: Dates): Float32Array {
  const n = bands.length;
  const change = Float32Array.from(
    { length: before.length / n },
    (_, p) => greenness(after, p * n) - greenness(before, p * n),
  );
  const middle = Float32Array.from(change).sort()[change.length >> 1]!;
  return change.map((v) => Math.abs(v - middle));
}

/** On both spectra of a pixel, with a little decay. */
async function logisticRegression(
  { before, after, side, bands }: Dates,
  labels: readonly LabelledPixel[],
): Promise<Uint8Array> {
  const [n, pixels] = [bands.length, side * side];
  const [x, known, y] = tf.tidy(() => {
    const all = tf.concat(
      [before, after].map((v) => tf.tensor2d(standardized(v, n), [pixels, n])),
      1,
    );
    const rows = tf.tensor1d(
      labels.map((l) => l.y * side + l.x),
      'int32',
    );
    return [all, tf.gather(all, rows), tf.tensor2d(labels.map((l) => [l.changed]))] as const;
  });
  const [w, b] = [tf.variable(tf.zeros([2 * n, 1])), tf.variable(tf.zeros([1]))];
  const adam = tf.train.adam(0.05);
  const logit = (t: tf.Tensor) => tf.add(tf.matMul(t, w), b);
  for (let k = 0; k < 300; k++) {
    adam.minimize(() => {
      const fit = tf.losses.sigmoidCrossEntropy(y, logit(known));
      return tf.add<tf.Scalar>(fit, tf.mul(1e-3, tf.sum(tf.square(w))));
    });
  }
  const found = await floatsOf(tf.tidy(() => tf.greater(logit(x), 0).cast('float32')));
  tf.dispose([x, known, y, w, b]);
  adam.dispose();
  return Uint8Array.from(found);
}

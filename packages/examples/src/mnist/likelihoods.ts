import type { Flow } from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import { quantile } from '../measure';
import { heldOutBatches, oneHot } from './batches';
import { classes, type Digits } from './data';
import { bitsPerDim } from './model';
import { otherImages } from './others';

export interface Likelihoods {
  /** Bits per dimension of each image, by what the images are; the class is summed out, p(x) = Σ p(x | class)/10. */
  bits: Record<string, number[]>;
  /** Share of digits whose likeliest class is their own: the flow as a classifier. */
  right: number;
}

/** Bits per dimension of digits and of images that are none. */
export async function likelihoods(flow: Flow, digits: Digits, seed: number): Promise<Likelihoods> {
  const own = await perClass(flow, digits, seed);
  const bits: Likelihoods['bits'] = { 'held-out digits': own.map(marginal) };
  for (const [name, bytes] of Object.entries(otherImages(digits, seed)))
    bits[name] = (await perClass(flow, { ...digits, bytes }, seed)).map(marginal);
  const right = own.filter((logs, i) => logs.indexOf(Math.max(...logs)) === digits.labels[i]).length;
  return { bits, right: right / digits.count };
}

/** log p(x | class) of each image, in nats. */
async function perClass(flow: Flow, digits: Digits, seed: number): Promise<number[][]> {
  const logs: number[][] = [];
  const iterator = await heldOutBatches(digits, { batch: 25, seed }).iterator();
  for (let batch = await iterator.next(); !batch.done; batch = await iterator.next()) {
    const { xs, ys } = batch.value;
    const [x] = xs;
    const n = x.shape[0];
    const all = tf.tidy(() => {
      const each = tf.reshape(tf.tile(tf.expandDims(x, 1), [1, classes, 1, 1, 1]), [
        n * classes,
        ...x.shape.slice(1),
      ]);
      const condition = oneHot(Array.from({ length: n * classes }, (_, i) => i % classes));
      return tf.reshape(flow.logProb(each, { condition }), [n, classes]);
    });
    const flat = Array.from(await all.data());
    for (let i = 0; i < n; i++) logs.push(flat.slice(i * classes, (i + 1) * classes));
    tf.dispose([xs, ys, all]);
  }
  return logs;
}

/** −log p(x) in bits per dimension. */
function marginal(logs: readonly number[]): number {
  const most = Math.max(...logs);
  const sum = logs.reduce((total, log) => total + Math.exp(log - most), 0);
  return bitsPerDim(-(most + Math.log(sum / classes)));
}

/** For the summary: quartiles of each kind of image. */
export const quartilesOf = ({ bits }: Likelihoods): Record<string, number[]> =>
  Object.fromEntries(
    Object.entries(bits).map(([name, values]) => [name, [0.25, 0.5, 0.75].map((q) => quantile(values, q))]),
  );

import type { Flow } from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import { oneHot } from './batches';
import { loadClassifier, read } from './classifier/network';
import { classes, type Digits, side } from './data';

/** The temperature of the samples that are shown and read: the deviation of the latents, of which 1 is the density's own. */
export const temperature = 0.7;

/** Images of each class, all of the first, then all of the second, …; [classes · each, 28, 28, 1]. */
export function samplesOfClasses(
  flow: Flow,
  each: number,
  options: { seed: number; temperature: number },
): tf.Tensor {
  const labels = Array.from({ length: classes * each }, (_, i) => Math.floor(i / each));
  return tf.tidy(() => flow.sample(labels.length, { ...options, condition: oneHot(labels) }));
}

export interface Readability {
  /** Share of held-out digits that the classifier reads right. */
  digits: number;
  /** Share of samples that it reads as the class asked, over all and by class, by temperature. */
  samples: { temperature: number; all: number; byClass: number[] }[];
}

/** Has a network that never saw the flow read held-out digits, and samples of each class at some temperatures. */
export async function readability(
  flow: Flow,
  digits: Digits,
  { each, seed, temperatures }: { each: number; seed: number; temperatures: readonly number[] },
): Promise<Readability> {
  const model = loadClassifier();
  const bytes = tf.tidy(() =>
    tf.div(tf.tensor4d(Float32Array.from(digits.bytes), [digits.count, side, side, 1]), 255),
  );
  const found = await read(model, bytes);
  bytes.dispose();
  const samples: Readability['samples'] = [];
  for (const temperature of temperatures) {
    const images = samplesOfClasses(flow, each, { seed, temperature });
    const classesRead = await read(model, images);
    images.dispose();
    const byClass = Array.from({ length: classes }, (_, digit) =>
      share(classesRead.slice(digit * each, (digit + 1) * each), () => digit),
    );
    samples.push({ temperature, all: byClass.reduce((a, b) => a + b) / classes, byClass });
  }
  model.dispose();
  return { digits: share(found, (i) => digits.labels[i]), samples };
}

/** How many of the numbers are as wanted. */
const share = (found: readonly number[], wanted: (i: number) => number | undefined): number =>
  found.filter((n, i) => n === wanted(i)).length / found.length;

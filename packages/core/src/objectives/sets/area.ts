import * as tf from '@tensorflow/tfjs-core';
import { refuse } from '../../errors';
import { checkOptions, either, finite, listOf, within } from '../../options';
import { batch, channels } from '../../tensors/channels';
import { type Projection, projection } from './projection';

export interface AreaOptions {
  /** The least and the largest part of the numbers of a sample that belong to the class: one for all samples, or one for each. */
  least?: number | readonly number[];
  most?: number | readonly number[];
  /** A number from here on belongs to the class. Default 0.75. */
  inside?: number;
  /** A number up to here does not; what lies between is undecided. Default 0.25. */
  outside?: number;
}

/**
 * The area of a class between bounds: at least a part of the n numbers of a sample at `inside` or above, and at most a part of them
 * above `outside`. It says so of the decided numbers, where `totalMass` bounds their sum, which a grey image meets too.
 *
 *     P x: of the numbers from the largest down, the first ⌈least·n⌉ become max(x, inside), those after ⌊most·n⌋ min(x, outside)
 *
 * The set is not convex: the nearest point is one of several where numbers are equal.
 * The relaxed histogram set of SetIntersectionProjection, the software of Peters & Herrmann 2019, arXiv:1902.09699; bounds on the size of
 * a class are those of Peters 2020, arXiv:2007.13251.
 *
 * ```ts
 * const image = tf.randomUniform([4, 8, 8, 1]);
 * const third = core.distanceToSet(core.area({ least: 0.3, most: 0.4 }));
 * const gradient = tf.grad((t: tf.Tensor) => tf.sum(third(t)))(image);
 * ```
 */
export function area(options: AreaOptions): Projection {
  const part = either(within(0, 1), listOf(within(0, 1), 1));
  checkOptions('area', options, { least: part, most: part, inside: finite, outside: finite });
  const { least = 0, most = 1, inside = 0.75, outside = 0.25 } = options;
  if (outside > inside)
    refuse('area', 'outside ≤ inside', `outside ${outside}, inside ${inside}`, 'Swap them.');
  return projection('area', (x) => {
    const rows: tf.Tensor2D = tf.reshape(x, [batch(x), -1]);
    const n = channels(rows.shape);
    const [up, down] = bounds(batch(x), n, least, most);
    const { values, indices } = tf.topk(rows, n);
    const rank = tf.range(0, n);
    const raised = tf.where(tf.less(rank, up), tf.maximum(values, inside), values);
    const bounded = tf.where(tf.less(rank, down), raised, tf.minimum(raised, outside));
    const first = tf.mul(tf.range(0, batch(x), 1, 'int32'), tf.scalar(n, 'int32'));
    const places = tf.reshape(tf.add(indices, tf.reshape(first, [-1, 1])), [-1, 1]);
    return tf.reshape(tf.scatterND(places, tf.reshape(bounded, [-1]), [rows.size]), x.shape);
  });
}

type Part = number | readonly number[];

/** How many numbers of each sample must be inside, and how many may, as columns. */
function bounds(samples: number, n: number, least: Part, most: Part): [tf.Tensor2D, tf.Tensor2D] {
  // 0.3 · 10 is a little more than 3.
  const [up, down] = [
    counts(samples, least, (p) => Math.ceil(p * n - 1e-6)),
    counts(samples, most, (p) => Math.floor(p * n + 1e-6)),
  ];
  up.forEach((count, i) => {
    const limit = down[i] ?? 0;
    if (count <= limit) return;
    refuse(
      'area',
      `room for a whole number of ${n} between least and most`,
      `${count} and ${limit}`,
      'Widen the bounds.',
    );
  });
  return [tf.tensor2d(up, [samples, 1]), tf.tensor2d(down, [samples, 1])];
}

function counts(samples: number, part: Part, whole: (part: number) => number): number[] {
  if (typeof part === 'number') return Array(samples).fill(whole(part));
  if (part.length === samples) return part.map(whole);
  return refuse(
    'area',
    `a part for each of ${samples} samples`,
    `${part.length}`,
    'Give one number for all, or as many as there are.',
  );
}

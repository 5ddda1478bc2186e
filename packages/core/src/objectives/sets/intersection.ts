import * as tf from '@tensorflow/tfjs-core';
import { callable, checkOptions, checkValue, listOf, whole } from '../../options';
import { type Projection, projection } from './projection';

export interface IntersectionOptions {
  /** Rounds through all sets. Default 50. */
  rounds?: number;
}

/**
 * The points that are in several convex sets at once, by Dykstra's algorithm: each round projects onto one set after the other, and
 * each projection starts with what it took off in the round before put back.
 *
 *     y = x + pᵢ      x ← Pᵢ y      pᵢ ← y − x      for every set i, in every round
 *
 * It tends to the nearest point of all sets, where plain alternation ends at some point of them; the last set is met exactly.
 * Boyle & Dykstra 1986, A method for finding projections onto the intersection of convex sets in Hilbert spaces.
 *
 * ```ts
 * const P = core.intersection([core.totalMass({ low: 20, high: 25 }), core.box({ low: 0, high: 1 })]);
 * const nearest = P(tf.randomNormal([4, 8, 8, 1]));
 * ```
 */
export function intersection(sets: readonly Projection[], options: IntersectionOptions = {}): Projection {
  const remedy = 'Such as [box({ low: 0 }), ball({ radius: 1 })].';
  checkValue('intersection', 'sets', sets, { ...listOf(callable, 1), remedy });
  checkOptions('intersection', options, { rounds: whole() });
  const { rounds = 50 } = options;
  return projection('intersection', (x) => {
    let at = tf.clone(x);
    const taken = sets.map(() => tf.zerosLike(x));
    for (let round = 0; round < rounds; round++) {
      sets.forEach((P, i) => {
        const before = [at, taken[i]];
        const put = tf.tidy(() => tf.add(at, taken[i] ?? 0));
        at = P(put);
        taken[i] = tf.sub(put, at);
        tf.dispose([before, put].flat());
      });
    }
    return at;
  });
}

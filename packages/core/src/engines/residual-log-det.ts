import * as tf from '@tensorflow/tfjs-core';
import type { Probed } from '../conditioners/probed-net';
import { type Probes, signs, units } from '../conditioners/probes';
import { blockInverse } from '../matrices/block-inverse';
import { childSeed, randomNumbers } from '../random';
import { batch, sumPerSample } from '../tensors/channels';

/** log det(I + J) for a sample, and the probes whose Σ ⟨q, J p⟩ has the same derivative. */
export interface ResidualLogDet {
  value(): tf.Tensor;
  probes: Probes;
}

export type LogDetOf = (at: Probed, x: tf.Tensor) => ResidualLogDet;

/**
 * By J in full, and Schur complements.
 *
 *     log det(I + J)      d = tr((I + J)⁻¹ dJ) = Σⱼ ⟨qⱼ, dJ eⱼ⟩,   qⱼ the j-th row of (I + J)⁻¹
 */
export const exactLogDet: LogDetOf = (at, x) => {
  const n = x.size / batch(x);
  const p = units(x);
  // [sample, j, i] = ∂gᵢ/∂xⱼ
  const Jt = tf.transpose(tf.reshape(at.push(p), [n, batch(x), n]), [1, 0, 2]);
  const { inverse, logDet } = blockInverse(tf.add(tf.eye(n), Jt));
  return {
    value: () => logDet,
    probes: (visit) => visit(p, tf.reshape(tf.transpose(inverse, [2, 0, 1]), p.shape)),
  };
};

export interface SeriesOptions {
  /** Terms that are always there. */
  terms: number;
  /** That one more term follows: ‖J‖² at least, so that the variance is finite. */
  chance: number;
  seed: number;
}

/** Where J is so near to 1 that the draw might go on and on. */
const most = 10_000;

/**
 * By the power series at a random vector v of ±1, cut at a random term: its mean over the seeds is log det(I + J), where ‖J‖ < 1.
 *
 *     Σₖ cₖ ⟨v, Jᵏ v⟩,  k = 1 … N      cₖ = (−1)ᵏ⁺¹/(k P(N ≥ k)),  P(N ≥ k) = ρ^max(0, k − terms), ρ the chance
 *     d = Σⱼ ⟨qⱼ, dJ Jʲ v⟩,   qⱼ = cⱼ₊₁ v + Jᵀ qⱼ₊₁,  j = N − 1 … 0
 *
 * The variance of the k-th term is within ‖J‖²ᵏ/(k² ρᵏ), but for a factor: finite in all where ρ ≥ ‖J‖². Each Jʲ v is made anew, so that
 * memory does not depend on how many terms were drawn.
 * Chen et al. 2019, arXiv:1906.02735, eq. 6, its sum differentiated term by term.
 */
export function seriesLogDet({ terms, chance, seed }: SeriesOptions): LogDetOf {
  const random = randomNumbers(childSeed(seed, 1));
  let count = terms;
  while (count < most && random.uniform() < chance) count++;
  const c = Array.from({ length: count }, (_, i) => {
    const k = i + 1;
    return (k % 2 === 1 ? 1 : -1) / (k * chance ** Math.max(0, k - terms));
  });
  return (at, x) => {
    const v = signs(x, seed);
    const power = (j: number): tf.Tensor => (j === 0 ? v : tf.tidy(() => at.push(power(j - 1))));
    return {
      value() {
        let [p, sum] = [v, tf.zeros([batch(x)])];
        for (const ck of c) {
          p = at.push(p);
          sum = tf.add(sum, tf.mul(ck, sumPerSample(tf.mul(v, p))));
        }
        return sum;
      },
      probes(visit) {
        let q = tf.zerosLike(v);
        for (const [j, ck] of [...c.entries()].reverse()) {
          const before = q;
          q = tf.tidy(() => tf.add(tf.mul(ck, v), at.pull(before)));
          before.dispose();
          const p = power(j);
          visit(p, q);
          if (p !== v) p.dispose();
        }
      },
    };
  };
}

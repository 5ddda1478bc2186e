import * as tf from '@tensorflow/tfjs';
import { maskOf, type Problem, tracesOf } from './survey';

type Recording = Pick<Problem, 'size' | 'operator' | 'noise'>;

/** What is known after an observation, where image and noise are normal. */
export interface LinearPosterior {
  /** [n, depth, distance, 1] of n observations. Conjugate gradients make so many steps, by default 150. */
  mean(condition: tf.Tensor4D, steps?: number): tf.Tensor4D;
  /** [pixels, pixels] of one, which depends on the mask alone. */
  covariance(condition: tf.Tensor4D): tf.Tensor2D;
  dispose(): void;
}

/**
 * The posterior of an image of mean zero and covariance K, given the traces that are there: exact where the image is normal, the
 * best linear estimate of any other (Wiener).
 *
 *     μ = G S⁻¹ y,   Σ = K − G S⁻¹ Gᵀ,   G = K Aᵀ,   S = A K Aᵀ + σ² I      rows and columns of the traces that are there
 *
 * K: [pixels, pixels], which stays the caller's.
 */
export function linearPosterior({ size, operator, noise }: Recording, K: tf.Tensor2D): LinearPosterior {
  const pixels = size ** 2;
  const [G, S] = tf.tidy(() => {
    const rows = (M: tf.Tensor) =>
      tf.reshape<tf.Rank.R2>(operator.apply(tf.reshape(M, [pixels, size, size, 1])), [pixels, pixels]);
    const KAt = rows(K);
    return [
      tf.keep(KAt),
      tf.keep(tf.add<tf.Tensor2D>(rows(tf.transpose(KAt)), tf.mul(tf.eye(pixels), noise ** 2))),
    ];
  });
  /** Rows of S⁻¹ y where there are traces, 0 elsewhere. */
  const solved = (y: tf.Tensor2D, there: tf.Tensor, steps?: number) =>
    conjugateGradients(
      (v) => tf.add(tf.mul(there, tf.matMul(tf.mul(there, v), S)), tf.mul(v, tf.sub(1, there))),
      y,
      steps,
    );
  const rowsOf = (t: tf.Tensor4D) => tf.reshape<tf.Rank.R2>(t, [-1, pixels]);
  return {
    mean: (condition, steps) =>
      tf.tidy(() => {
        const solution = solved(rowsOf(tracesOf(condition)), rowsOf(maskOf(condition)), steps);
        return tf.reshape<tf.Rank.R4>(tf.matMul(solution, G, false, true), [-1, size, size, 1]);
      }),
    covariance: (condition) =>
      tf.tidy(() => {
        const there = rowsOf(maskOf(condition));
        const seen = tf.mul<tf.Tensor2D>(G, there);
        return tf.sub(K, tf.matMul(solved(seen, there), seen, false, true));
      }),
    dispose: () => tf.dispose([G, S]),
  };
}

/** The covariance of images about zero, [pixels, pixels]. */
export function covarianceOf(
  problem: Pick<Problem, 'size' | 'images'>,
  count: number,
  ...seeds: number[]
): tf.Tensor2D {
  return tf.tidy(() => {
    const x = tf.tensor2d(problem.images(count, ...seeds), [count, problem.size ** 2]);
    return tf.div(tf.matMul(x, x, true), count);
  });
}

/** Solves rows v S = y for a symmetric S by conjugate gradients.   Hestenes & Stiefel 1952, doi:10.6028/jres.049.044. */
function conjugateGradients(
  apply: (v: tf.Tensor2D) => tf.Tensor2D,
  y: tf.Tensor2D,
  steps = 150,
): tf.Tensor2D {
  const dot = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b), 1, true);
  let state = { v: tf.zerosLike(y), r: tf.clone(y), p: tf.clone(y) };
  for (let k = 0; k < steps; k++) {
    const { v, r, p } = state;
    state = tf.tidy(() => {
      const Sp = apply(p);
      const squares = dot(r, r);
      // Rows that are solved rest.
      const step = tf.divNoNan(squares, dot(p, Sp));
      const rest = tf.sub<tf.Tensor2D>(r, tf.mul(step, Sp));
      const turn = tf.divNoNan(dot(rest, rest), squares);
      return { v: tf.add(v, tf.mul(step, p)), r: rest, p: tf.add(rest, tf.mul(turn, p)) };
    });
    tf.dispose([v, r, p]);
  }
  tf.dispose([state.r, state.p]);
  return state.v;
}

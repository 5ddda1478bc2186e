import * as tf from '@tensorflow/tfjs-core';
import type { Shape, WeightSpec, Weights } from '../bijection';

/** An invertible matrix W(θ) for a map y = x W. All of it is work on matrices of channels × channels: none depends on the data. */
export interface Matrix {
  /** The weights θ for a shape of x. */
  weights(shape: Shape): WeightSpec[];
  at(w: Weights, shape: Shape): MatrixAt;
}

/** The matrix at given weights; G and g are the cotangents of W and of log|det W|. */
export interface MatrixAt {
  W(): tf.Tensor;
  inverse(): tf.Tensor;
  /** log|det W|, a scalar; left out where it is zero. */
  logAbsDet?(): tf.Tensor;
  pullback(G: tf.Tensor, g: tf.Tensor): Weights;
  pushforward(dw: Weights): { dW: tf.Tensor; dLogAbsDet?: tf.Tensor };
}

/** Mᵀ, of each matrix of a batch. Written out: the flags of matMul cost ten times as much on wasm. */
export const transposed = (M: tf.Tensor): tf.Tensor => {
  const last = M.rank - 1;
  return tf.transpose(M, [...Array(last - 1).keys(), last, last - 1]);
};

/** A B C …, batches broadcast. */
export const product = (...factors: tf.Tensor[]): tf.Tensor => factors.reduce((A, B) => tf.matMul(A, B));

/** I ∘ v: the vector on the diagonal. */
export const diagonal = (v: tf.Tensor): tf.Tensor => tf.mul(tf.eye(v.shape[0]), v);

/** 1 above the diagonal, 0 elsewhere. */
export const aboveDiagonal = (n: number): tf.Tensor =>
  tf.tensor2d(
    Float32Array.from({ length: n * n }, (_, k) => Number(k % n > Math.floor(k / n))),
    [n, n],
  );

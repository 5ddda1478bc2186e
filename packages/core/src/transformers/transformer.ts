import type * as tf from '@tensorflow/tfjs-core';

/** The scalar calculus of a coupling: v ↦ u = φ(v; h), element by element, h = (parameters per moved channel). */
export interface Elementwise {
  /** Conditioner channels per moved channel. */
  parameters: number;
  /** The fewest channels it moves. Default 1. */
  fewest?: number;
  /** u and the log-slope, null where it is zero. */
  apply(v: tf.Tensor, h: tf.Tensor): { u: tf.Tensor; logSlope: tf.Tensor | null };
  undo(u: tf.Tensor, h: tf.Tensor): { v: tf.Tensor; logSlope: tf.Tensor | null };
  /** From the output u of apply; dL: cotangent of the log-slope, per element (broadcast over a sample). */
  pull(
    u: tf.Tensor,
    du: tf.Tensor,
    dL: tf.Tensor,
    h: tf.Tensor,
  ): { v: tf.Tensor; dv: tf.Tensor; dh: tf.Tensor };
  /** From the output v of undo; dL: cotangent of the log-slope of apply. */
  pullUndo(
    v: tf.Tensor,
    dv: tf.Tensor,
    dL: tf.Tensor,
    h: tf.Tensor,
  ): { u: tf.Tensor; du: tf.Tensor; dh: tf.Tensor };
  push(
    v: tf.Tensor,
    dv: tf.Tensor,
    h: tf.Tensor,
    dh: tf.Tensor,
  ): { du: tf.Tensor; dLogSlope: tf.Tensor | null };
  pushUndo(v: tf.Tensor, du: tf.Tensor, h: tf.Tensor, dh: tf.Tensor): { dv: tf.Tensor };
}

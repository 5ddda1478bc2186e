import type * as tf from '@tensorflow/tfjs-core';
import { callable, type Rules } from '../../options';

/** An innermost member of a composition, or a bijection that has none, in a backward pass. */
export interface MemberPass {
  /** Keys of the members on the way to it, joined by slashes; '' of a bijection without members. */
  path: string;
  name: string;
  /** The true input, and the one that the inverse makes of the output as it was rebuilt. */
  x: tf.Tensor;
  rebuilt: tf.Tensor;
  /** The output as it was rebuilt. */
  y: tf.Tensor;
  /** The input to another output. */
  undo(y: tf.Tensor): tf.Tensor;
}

/** What one application of a reversible op does about inputs that are rebuilt inexactly. Tensors are the op's. */
export interface DriftCare {
  /** Paths of members that keep their input, and are evaluated again for their gradient; '' is the whole. Default: none. */
  recompute?: ReadonlySet<string>;
  /**
   * Gets what was rebuilt and what it should be: the input of the first of a run of ops, and the output of a member that keeps its
   * input.
   */
  onRebuilt?(rebuilt: tf.Tensor, truth: tf.Tensor): void;
  /**
   * With it all innermost members keep their input, and no gradient is off. Gets each, the last one first, and returns the input
   * that the one before shall start from: the rebuilt one, or the true one.
   */
  onMember?(member: MemberPass): tf.Tensor;
}

export const careRules: Rules<DriftCare> = {
  recompute: { expected: 'a Set of paths', holds: (value) => value instanceof Set },
  onRebuilt: callable,
  onMember: callable,
};

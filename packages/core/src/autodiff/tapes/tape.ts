import * as tf from '@tensorflow/tfjs-core';

export type Tape = ReturnType<typeof tf.engine>['state']['activeTape'];

/** Whether tfjs records what is done, for a gradient. */
export const isTaping = (): boolean => tf.engine().state.gradientDepth > 0;

/** The tape that an op would be recorded on now. */
export function openTape(): Tape | undefined {
  const { state } = tf.engine();
  return isTaping() && state.kernelDepth === 0 ? state.activeTape : undefined;
}

/** The tensors that the last op on a tape has saved. */
export const savedByLast = (tape: Tape): tf.Tensor[] => [...(tape.at(-1)?.saved ?? [])];

/** Makes tensors those of the last op on a tape, which frees them with what it has saved. */
export const giveToLast = (tape: Tape, tensors: readonly tf.Tensor[]): void =>
  void tape.at(-1)?.saved?.push(...tensors);

/** Gives up all that a tape has saved. */
export const freeTape = (tape: Tape): void => tf.dispose(tape.map((node) => node.saved ?? []));

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

/** Gives up all that a tape has saved. */
export const freeTape = (tape: Tape): void => tf.dispose(tape.map((node) => node.saved ?? []));

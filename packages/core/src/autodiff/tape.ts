import * as tf from '@tensorflow/tfjs-core';

export type Tape = ReturnType<typeof tf.engine>['state']['activeTape'];

/** Gives up all that a tape has saved. */
export const freeTape = (tape: Tape): void => tf.dispose(tape.map((node) => node.saved ?? []));

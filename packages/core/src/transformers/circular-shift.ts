import * as tf from '@tensorflow/tfjs-core';
import { perChannel } from '../tensors/channels';
import { type Bounds, boxesOf, supportOf, tailRules } from './tails';
import type { Transformer } from './transformer';

export interface CircularShiftOptions {
  /** The ends of a turn, [low, high], which are the same point: of all channels, or a list of one for each. Default [−π, π]. */
  bounds?: Bounds | readonly Bounds[];
}

export const circularShiftRules = { bounds: tailRules.bounds };

/** u = v + h, a turn of high − low taken away where it is passed: its slope is 1. */
export function circularShift({ bounds }: CircularShiftOptions): Transformer<'shift'> {
  const { bounds: turns = [[-Math.PI, Math.PI]] } = boxesOf(bounds ? { bounds } : {});
  const range = supportOf({ closed: [true], bounds: turns }, Math.PI);
  const wrapped = (t: tf.Tensor) => {
    const each = (of: (turn: Bounds) => number) => perChannel(tf.tensor1d(turns.map(of)), t.rank);
    const low = each(([from]) => from);
    const turn = each(([from, to]) => to - from);
    const passed = tf.floor(tf.div(tf.sub(t, low), turn));
    return tf.sub(t, tf.mul(passed, turn));
  };
  return {
    parameters: { shift: 1 },
    ...(range && { domain: range, image: range }),
    only: (i) => circularShift({ bounds: turns.length > 1 ? turns.slice(i, i + 1) : turns }),
    given: ({ shift: h }) => ({
      undo: (u) => wrapped(tf.sub(u, h)),
      at: (v) => ({
        u: () => wrapped(tf.add(v, h)),
        logSlope: () => null,
        slope: () => null,
        bend: () => null,
        pull: (du) => ({ shift: [du] }),
        push: ({ shift: dh }) => ({ du: dh, dL: null }),
      }),
    }),
  };
}

import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import type { Fallback } from './fallbacks';

interface Seen {
  layer: tfl.layers.Layer;
  path: string;
  name: string;
}

/** float32 tells no smaller errors. */
const rounding = 2 ** -24;

/**
 * A look at all members of layers in one pass: each rebuilds its input from the one after it, whose input is put right where it is
 * off by more than a limit; so each member that spoils a healthy input is found.
 */
export class Look {
  private readonly seen: Seen[] = [];
  private readonly errors: tf.Tensor[] = [];

  constructor(private readonly limit: number) {}

  care(layer: tfl.layers.Layer): core.DriftCare {
    return {
      onMember: ({ path, name, x, rebuilt }) => {
        const error = core.driftTensor(rebuilt, x);
        this.errors.push(tf.keep(tf.reshape(error, [1])));
        this.seen.push({ layer, path, name });
        return tf.where(tf.lessEqual(error, this.limit), rebuilt, x);
      },
    };
  }

  /** The errors of all members, the last one first; what was kept is freed. */
  figures(): tf.Tensor {
    const figures = tf.keep(tf.tidy(() => (this.errors.length > 0 ? tf.concat(this.errors) : tf.zeros([0]))));
    this.dispose();
    return figures;
  }

  /** What the numbers of `figures` say of each layer. */
  fallbacks(figures: ArrayLike<number>, step: number): Map<tfl.layers.Layer, Map<string, Fallback>> {
    const found = new Map<tfl.layers.Layer, Map<string, Fallback>>();
    let from = rounding;
    for (const [i, { layer, path, name }] of this.seen.entries()) {
      const error = figures[i] ?? Number.NaN;
      const own = found.get(layer) ?? new Map<string, Fallback>();
      found.set(layer, own);
      const healthy = error <= this.limit;
      if (!healthy) own.set(path, { name, error, from, step });
      from = healthy ? Math.max(error, rounding) : rounding;
    }
    return found;
  }

  dispose(): void {
    tf.dispose(this.errors);
    this.errors.length = 0;
  }
}

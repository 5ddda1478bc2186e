import type * as tf from '@tensorflow/tfjs-core';

/** Reads that nobody waits for while they are under way. */
export interface Later {
  /** Hands the numbers of a tensor over when they are there, and frees it; while one such read is under way, it is only freed. */
  read(key: string, t: tf.Tensor, use: (values: ArrayLike<number>) => void): void;
  /** When none is under way. */
  settled(): Promise<void>;
}

export function later(): Later {
  const under = new Map<string, Promise<void>>();
  return {
    read(key, t, use) {
      if (under.has(key)) {
        t.dispose();
        return;
      }
      const done = t.data().then((values) => {
        t.dispose();
        under.delete(key);
        use(values);
      });
      // Who awaits settled() hears of a failure.
      done.catch(() => {});
      under.set(key, done);
    },
    async settled() {
      await Promise.all(under.values());
    },
  };
}

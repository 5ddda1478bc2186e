import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Weights } from '../bijection';
import { above, checkOptions } from '../options';
import { randomNormal } from '../random';

export interface DriftOptions {
  /** Relative error of a rebuilt input above which it is said. Default 1e-3. */
  limit?: number;
  /** How many times an inverse may magnify an error of its input before it is said. Default 100. */
  amplification?: number;
}

export interface DriftRow {
  name: string;
  /** ‖rebuilt − true‖ / ‖true‖ of the input: the errors of all layers after this one are in it. */
  error: number;
  /** How many times larger, relatively, the inverse of this layer alone makes a small error of its input. */
  amplification: number;
  /** What is wrong, or null. */
  warning: string | null;
}

/** What one application of a reversible op tells of itself. */
export interface DriftListener {
  onInput(x: tf.Tensor): void;
  /** Where the rebuilt input will not do, the true one comes back: the gradient is then taken at it, from stored activations. */
  onRebuilt(
    x: tf.Tensor,
    y: tf.Tensor,
    bijection: Bijection,
    w: Weights,
    c?: tf.Tensor,
  ): tf.Tensor | undefined;
}

/** Gathers what witnesses see in one training step; the true inputs are stored meanwhile, so memory is that of stored activations. */
export interface DriftProbe {
  listen(name: string): DriftListener;
  /** Rows in the order of the forward pass, of ops that have been through a backward pass. Frees what was kept. */
  report(): Promise<DriftRow[]>;
  dispose(): void;
}

/** Size of the error that is tried, relative: above rounding, small enough to be linear. */
const tried = 1e-3;

/** A probe of how far the inputs that a backward pass rebuilds are from the true ones; warns beyond the limits of the options. */
export function driftProbe(options: DriftOptions = {}): DriftProbe {
  checkOptions('driftProbe', options, { limit: above(0), amplification: above(0) });
  const { limit = 1e-3, amplification = 100 } = options;
  const entries: { name: string; x: tf.Tensor; figures?: tf.Tensor }[] = [];
  const norm = (t: tf.Tensor) => tf.maximum(tf.norm(t), 1e-30);
  const dispose = () => {
    for (const { x, figures } of entries.splice(0)) tf.dispose([x, figures ?? []]);
  };
  return {
    listen(name) {
      let entry: (typeof entries)[number] | undefined;
      return {
        onInput(x) {
          entry = { name, x: tf.keep(tf.clone(x)) };
          entries.push(entry);
        },
        onRebuilt(again, y, bijection, w, c) {
          const { x } = entry!;
          const figures = tf.tidy(() => {
            const size = norm(x);
            const noise = randomNormal(y.shape, entries.length);
            const moved = tf.add(y, tf.mul(noise, tf.div(tf.mul(tried, norm(y)), norm(noise))));
            const growth = tf.norm(tf.sub(bijection.inverse(moved, w, c).x, again));
            return tf.stack([tf.div(tf.norm(tf.sub(again, x)), size), tf.div(growth, tf.mul(tried, size))]);
          });
          entry!.figures = tf.keep(figures);
          return undefined;
        },
      };
    },
    async report() {
      try {
        const seen = entries.filter(({ figures }) => figures);
        return await Promise.all(
          seen.map(async ({ name, figures }) => {
            const [error, growth] = Array.from(await figures!.data()) as [number, number];
            const warnings = [
              ...(error <= limit ? [] : [`its input is rebuilt with an error of ${error.toExponential(1)}`]),
              ...(growth <= amplification
                ? []
                : [`its inverse makes an error ${growth.toFixed(0)} times larger`]),
            ];
            return { name, error, amplification: growth, warning: warnings.join('; ') || null };
          }),
        );
      } finally {
        dispose();
      }
    },
    dispose,
  };
}

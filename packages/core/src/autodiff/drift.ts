import * as tf from '@tensorflow/tfjs-core';
import { above, checkOptions } from '../options';
import { randomNormal } from '../random';
import type { DriftCare, MemberPass } from './reversible/care';

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

/** Gathers what reversible ops rebuild in one training step; the true inputs are kept meanwhile, one for each member. */
export interface DriftProbe {
  /** What an op of this name gets as its `care`. */
  care(name: string): DriftCare;
  /** Rows in the order of the forward pass, of members that have been through a backward pass. Frees what was kept. */
  report(): Promise<DriftRow[]>;
  dispose(): void;
}

/** Size of the error that is tried, relative: above rounding, small enough to be linear. */
const tried = 1e-3;

const norm = (t: tf.Tensor) => tf.maximum(tf.norm(t), 1e-30);

/** ‖rebuilt − truth‖ / ‖truth‖, a number on the device. */
export const driftTensor = (rebuilt: tf.Tensor, truth: tf.Tensor): tf.Tensor =>
  tf.tidy(() => tf.div(tf.norm(tf.sub(rebuilt, truth)), norm(truth)));

/** How many times larger, relatively, the inverse makes a small error of its input. */
function growthOf({ x, rebuilt, y, undo }: MemberPass, seed: number): tf.Tensor {
  const noise = randomNormal(y.shape, seed);
  const moved = tf.add(y, tf.mul(noise, tf.div(tf.mul(tried, norm(y)), norm(noise))));
  return tf.div(tf.norm(tf.sub(undo(moved), rebuilt)), tf.mul(tried, norm(x)));
}

/** A probe of how far the inputs that a backward pass rebuilds are from the true ones; warns beyond the limits of the options. */
export function driftProbe(options: DriftOptions = {}): DriftProbe {
  checkOptions('driftProbe', options, { limit: above(0), amplification: above(0) });
  const { limit = 1e-3, amplification = 100 } = options;
  const seen: { name: string; figures: tf.Tensor }[] = [];
  const dispose = () => tf.dispose(seen.splice(0).map(({ figures }) => figures));
  const row = async ({ name, figures }: (typeof seen)[number]): Promise<DriftRow> => {
    const [error = Number.NaN, growth = Number.NaN] = Array.from(await figures.data());
    const warnings = [
      ...(error <= limit ? [] : [`its input is rebuilt with an error of ${error.toExponential(1)}`]),
      ...(growth <= amplification ? [] : [`its inverse makes an error ${growth.toFixed(0)} times larger`]),
    ];
    return { name, error, amplification: growth, warning: warnings.join('; ') || null };
  };
  return {
    care: (name) => ({
      onMember(member) {
        const { path, x, rebuilt } = member;
        const figures = tf.tidy(() =>
          tf.stack([driftTensor(rebuilt, x), growthOf(member, seen.length)].map((t) => tf.reshape(t, []))),
        );
        seen.push({ name: path === '' ? name : `${name}/${path}/${member.name}`, figures: tf.keep(figures) });
        return rebuilt;
      },
    }),
    async report() {
      try {
        return (await Promise.all(seen.map(row))).reverse();
      } finally {
        dispose();
      }
    },
    dispose,
  };
}

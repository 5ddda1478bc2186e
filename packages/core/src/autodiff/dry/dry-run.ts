import * as tf from '@tensorflow/tfjs-core';
import { registerStandIns } from '../../kernels';
import { DryBackend, registerRules } from './backend';

/** With the kernels that stand in for those of the present backend, whose intermediates count too. */
function backendLike(present: string): string {
  const name = present === 'wasm' ? 'invertible-dry-wasm' : 'invertible-dry';
  if (tf.findBackendFactory(name)) return name;
  tf.registerBackend(name, () => new DryBackend(), 0);
  registerRules(name, present);
  if (present === 'wasm') registerStandIns(name);
  return name;
}

/** Where a dry run has come to. */
export interface Meter {
  /** Bytes held now. */
  bytes: number;
  /** Multiplications and additions so far. */
  work: number;
}

export interface DryRun<T> {
  result: T;
  /** The most bytes that the backend would hold at once beyond those it holds already. */
  peakBytes: number;
  /** Multiplications and additions. */
  work: number;
  /** Kernels launched; reshapes and clones, which compute nothing, aside. */
  kernels: number;
  /** Bytes held after each kernel, over the work until then. */
  course: readonly (readonly [work: number, bytes: number])[];
}

/**
 * Runs f for its shapes: no number is computed, no memory taken, whatever the sizes. It is f itself that runs, with the tapes and
 * gradients in it, so that the peak is that of the present backend, to the byte. What it makes is freed; variables are read, and
 * must not be assigned to.
 */
export function dryRun<T>(f: (meter: () => Meter) => T): DryRun<T> {
  const before = tf.getBackend();
  // Both switches are made before the promise is returned: nobody else sees this backend.
  void tf.setBackend(backendLike(before));
  try {
    const backend = tf.backend() as DryBackend;
    const base = backend.live;
    const { work: done, kernels: launched } = backend;
    Object.assign(backend, { peak: base, course: [] });
    let result: T | undefined;
    tf.tidy(() => {
      result = f(() => ({ bytes: backend.live - base, work: backend.work - done }));
    });
    return {
      // It has been run.
      result: result as T,
      peakBytes: backend.peak - base,
      work: backend.work - done,
      kernels: backend.kernels - launched,
      course: backend.course.map(([work, bytes]) => [work - done, bytes - base] as const),
    };
  } finally {
    void tf.setBackend(before);
  }
}

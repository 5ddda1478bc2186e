import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

/** The pass of one training step through a flow's layer, when its gradient has rebuilt the input. */
export interface Pass {
  x: tf.Tensor;
  rebuilt: tf.Tensor;
  bijection: core.Bijection;
  w: core.Weights;
  c: tf.Tensor | undefined;
}

export interface PassWatch {
  listener: core.DriftListener;
  dispose(): void;
}

/** Keeps the input of a step, which lives as long as the step does, for a look at it when it has been rebuilt. */
export function passWatch(onPass: (pass: Pass) => tf.Tensor | undefined): PassWatch {
  let x: tf.Tensor | undefined;
  const dispose = () => {
    x?.dispose();
    x = undefined;
  };
  return {
    listener: {
      onInput(t) {
        dispose();
        x = core.noGrad(() => tf.keep(tf.clone(t)));
      },
      onRebuilt(rebuilt, _, bijection, w, c) {
        return x && onPass({ x, rebuilt, bijection, w, c });
      },
    },
    dispose,
  };
}

/** ‖rebuilt − x‖ / ‖x‖, read at once. */
export function driftOf({ x, rebuilt }: Pass): number {
  const [a, b] = [rebuilt.dataSync(), x.dataSync()];
  let [off, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    const [u, v] = [a[i] ?? Number.NaN, b[i] ?? Number.NaN];
    off += (u - v) * (u - v);
    size += v * v;
  }
  return Math.sqrt(off / Math.max(size, 1e-60));
}

/** The same as a tensor, for who reads it later. */
export const driftTensor = ({ x, rebuilt }: Pass): tf.Tensor =>
  tf.tidy(() => tf.div(tf.norm(tf.sub(rebuilt, x)), tf.maximum(tf.norm(x), 1e-30)));

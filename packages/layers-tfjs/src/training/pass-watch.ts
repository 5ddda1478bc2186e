import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayerPass, Observer } from '../observers';

/** Keeps what a flow's layer got in the last training step. */
export class PassWatch implements Observer {
  last: LayerPass | undefined;

  onInput({ x, c, ...map }: LayerPass): void {
    this.dispose();
    const kept = (t: tf.Tensor) => core.noGrad(() => tf.keep(tf.clone(t)));
    this.last = { ...map, x: kept(x), c: c && kept(c) };
  }

  dispose(): void {
    tf.dispose([this.last?.x ?? [], this.last?.c ?? []]);
    this.last = undefined;
  }
}

import * as tf from '@tensorflow/tfjs-core';
import { type Range, type Supported, withinSupport } from '../autodiff/support';
import { type Bijection, complete, type OneWay, type Shape } from '../bijection';
import { bothWays } from '../directions';
import { batch } from '../tensors/channels';
import { freeIfHandedOver, handOver } from '../tensors/hand-over';
import type { Transformer } from '../transformers/transformer';
import { conditioned } from './conditioned';
import { nothing, type Source } from './sources';
import { back, type Transform, there } from './transform';

export interface ElementwiseOptions {
  /** log|det J|, the same for every sample of a shape, where it is known in float64. Default: the sum of the log-slopes. */
  logDet?(shape: Shape): number;
}

/**
 * One transformer for every number of a sample, its parameters from one source.
 *
 *     y = φ(x; h)      log|det J| = Σ log|φ′|      x = φ⁻¹(y; h)
 *
 * x: [batch, …spatial, channels], any rank. Without parameters inside [batch, numbers]: what kinks and clips are pulled back
 * with, `where`, GPU backends lack for rank 5.
 */
export function elementwise(
  name: string,
  phi: Transformer,
  source: Source = nothing,
  { logDet: known }: ElementwiseOptions = {},
): Bijection {
  const flattens = source === nothing;
  const flat = (t: tf.Tensor) => (flattens ? tf.reshape(t, [batch(t), -1]) : t);
  /** In the shape of x, and never a tensor that was handed in. */
  const like = (x: tf.Tensor, t: tf.Tensor, given?: tf.Tensor) =>
    flattens ? tf.reshape(t, x.shape) : t === given ? tf.clone(t) : t;
  const one = (transform: Transform, from: Side, to: Side, sign: 1 | -1): OneWay => {
    const move = conditioned(transform, source);
    const enter = (given: tf.Tensor, { at, range }: Side): Supported => {
      const { t, outside } = range ? withinSupport(at, given, range) : { t: given, outside: null };
      return { t: flat(t), outside };
    };
    const logDet = (x: tf.Tensor, summed: () => tf.Tensor, outside: tf.Tensor | null) => {
      const sum = known ? tf.fill([batch(x)], sign * known(x.shape)) : summed();
      return outside ? tf.add(sum, outside) : sum;
    };
    return {
      outputShape: (shape) => [...shape],
      forward(x, w, c) {
        const { t, outside } = enter(x, from);
        const { y, logDet: summed } = move.forward(t, { w, c });
        return { y: like(x, y), logDet: logDet(x, summed, outside) };
      },
      pullback(y, dy, dL, w, c) {
        const t = [enter(y, to).t, flat(dy)] as const;
        if (flattens) {
          freeIfHandedOver(y, dy);
          t.forEach(handOver);
        }
        const p = move.pullback(...t, dL, { w, c });
        return { ...p, x: like(y, p.x), dx: like(y, p.dx, dy) };
      },
      pushforward(x, dx, w, dw, c, dc) {
        const { t, outside } = enter(x, from);
        const p = move.pushforward(t, flat(dx), { w, c }, { w: dw, c: dc });
        const total = logDet(x, p.logDet, outside);
        return { y: like(x, p.y), dy: like(x, p.dy, dx), logDet: total, dLogDet: p.dLogDet };
      },
    };
  };
  const [x, y] = [
    { at: name, range: phi.domain },
    { at: `inverse of ${name}`, range: phi.image },
  ];
  return complete({
    name,
    ...bothWays(one(there(phi), x, y, 1), one(back(phi), y, x, -1)),
    weights: (shape, condition) => source.weights(shape, undefined, condition),
    initialize: (_, w, __, c) => source.initialize({ w, c }),
    training(this: Bijection, seed: number) {
      const next = source.training(seed);
      return next === source ? this : elementwise(name, phi, next, known && { logDet: known });
    },
  });
}

/** Where numbers come in on one side, and the range that they must lie in. */
interface Side {
  at: string;
  range: Range | undefined;
}

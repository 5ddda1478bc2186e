import type * as tf from '@tensorflow/tfjs-core';
import { type Bijection, complete, type OneWay, type Shape } from '../bijection';
import { bothWays } from '../directions';
import { zeroPerSample } from '../tensors/channels';
import { freeIfHandedOver } from '../tensors/hand-over';
import type { Rearrangement } from '../tensors/subbands';

export interface IsometryMap extends Rearrangement {
  /** Shape of y for a shape of x, and back. Throw where the shape does not fit. Default: the same. */
  outputShape?(shape: Shape): number[];
  inputShape?(shape: Shape): number[];
}

const same = (shape: Shape) => [...shape];

/**
 * A linear map without weights that keeps lengths: its inverse is its adjoint, and its own tangent map.
 *
 *     y = Q x      log|det J| = 0      x = Qᵀ y      dx = Qᵀ dy
 *
 * `values` is the same map on a grid, if it is exact: cotangents and tangents go through Q itself.
 */
export function isometry(
  name: string,
  { outputShape = same, inputShape = same, apply, undo }: IsometryMap,
  values: Rearrangement = { apply, undo },
): Bijection {
  const one = (shape: OneWay['outputShape'], down: Way, up: Way): OneWay => ({
    outputShape: shape,
    forward: (x) => ({ y: down.value(x), logDet: zeroPerSample(x) }),
    pullback(y, dy) {
      const x = up.value(y);
      freeIfHandedOver(y);
      return { x, dx: up.change(dy), dw: {} };
    },
    pushforward: (x, dx) => ({
      y: down.value(x),
      dy: down.change(dx),
      logDet: zeroPerSample(x),
      dLogDet: zeroPerSample(x),
    }),
  });
  const there = { value: values.apply, change: apply };
  const back = { value: values.undo, change: undo };
  return complete({ name, ...bothWays(one(outputShape, there, back), one(inputShape, back, there)) });
}

/** What becomes of values, and of tangents and cotangents. */
interface Way {
  value(t: tf.Tensor): tf.Tensor;
  change(t: tf.Tensor): tf.Tensor;
}

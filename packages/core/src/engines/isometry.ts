import { type Bijection, complete, type OneWay, type Shape } from '../bijection';
import { bothWays } from '../directions';
import { zeroPerSample } from '../tensors/channels';
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
 */
export function isometry(
  name: string,
  { outputShape = same, inputShape = same, apply, undo }: IsometryMap,
): Bijection {
  const one = (
    shape: OneWay['outputShape'],
    down: IsometryMap['apply'],
    up: IsometryMap['undo'],
  ): OneWay => ({
    outputShape: shape,
    forward: (x) => ({ y: down(x), logDet: zeroPerSample(x) }),
    pullback: (y, dy) => ({ x: up(y), dx: up(dy), dw: {} }),
    pushforward: (x, dx) => ({
      y: down(x),
      dy: down(dx),
      logDet: zeroPerSample(x),
      dLogDet: zeroPerSample(x),
    }),
  });
  return complete({ name, ...bothWays(one(outputShape, apply, undo), one(inputShape, undo, apply)) });
}

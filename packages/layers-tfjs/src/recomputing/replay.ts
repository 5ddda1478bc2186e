import type * as tfl from '@tensorflow/tfjs-layers';
import { InvertibleLayer } from '../invertible-layer';
import { holdStill, variablesOf } from '../tfjs-internals';

/**
 * What evaluates layers again as they are applied next, for a gradient: with the same masks, and without moving running statistics a
 * second time.
 */
export function replayOf(layers: readonly tfl.layers.Layer[]): <T>(f: () => T) => T {
  const replays = layers.flatMap((layer) => (layer instanceof InvertibleLayer ? [layer.steps.replay()] : []));
  return (f) =>
    replays.reduce<typeof f>(
      (inner, replay) => () => replay(inner),
      () => {
        const release = holdStill(layers.flatMap(variablesOf));
        try {
          return f();
        } finally {
          release();
        }
      },
    )();
}

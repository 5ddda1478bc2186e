import { rules } from '@invertible/core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { layersModel } from './check';
import { fallbacksOf, memberName, reasonOf } from './drift/fallbacks';
import { retentionReason } from './graph';
import { InvertibleLayer } from './invertible-layer';

export interface Edge {
  /** The invertible layer that reads the edge. */
  layer: string;
  released: boolean;
  /** Why the tensor is kept. */
  why: string | null;
  /** Members that keep their input while a drift guard is on, and why. */
  fallbacks: string[];
}

const keeps = { stored: 'stores its activations', recomputed: 'keeps its input, and is computed again' };

/** For each invertible layer of a model: whether its input is released as soon as it has been read, and if not, why; and what the guard of its training found. */
export function describeMemory(model: tfl.LayersModel): Edge[] {
  rules.checkValue('describeMemory', 'model', model, layersModel);
  return model.layers
    .filter((layer): layer is InvertibleLayer => layer instanceof InvertibleLayer)
    .map((layer) => {
      const why =
        layer.gradient === 'reversible' ? retentionReason(layer) : `"${layer.name}" ${keeps[layer.gradient]}`;
      return { layer: layer.name, released: why === null, why, fallbacks: fallenBack(layer) };
    });
}

const fallenBack = (layer: tfl.layers.Layer): string[] =>
  [...fallbacksOf(layer)].map(
    ([path, member]) =>
      `${memberName(layer, path, member.name)} keeps its input since step ${member.step}: ${reasonOf(member)}`,
  );

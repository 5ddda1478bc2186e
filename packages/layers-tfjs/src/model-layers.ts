import type * as tfl from '@tensorflow/tfjs-layers';
import { InvertibleLayer } from './invertible-layer';

/** The invertible layers of a model, those of models inside it too. */
export const invertibleLayers = (model: tfl.LayersModel): InvertibleLayer[] =>
  model.layers.flatMap((layer) => {
    if (layer instanceof InvertibleLayer) return [layer];
    return 'layers' in layer ? invertibleLayers(layer as tfl.LayersModel) : [];
  });

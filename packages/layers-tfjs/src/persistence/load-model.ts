import type * as tfl from '@tensorflow/tfjs-layers';
import { Flow } from '../flow/flow';
import { checkArtifacts } from './artifacts';
import { build } from './build';
import { loadHandler, nameOf, type Place } from './handler';

/**
 * tf.loadLayersModel for files that nobody vouches for: everything is checked before anything is built. Damage that shows
 * (sizes, names, shapes, classes, JSON) is refused with an InvertibleError and leaves no tensor behind; changed values of weights
 * only a checkpoint notices, which has digests. It knows every layer of this package; in a bundled app, tf.loadLayersModel knows
 * those that the app names.
 */
export const loadModel = (from: Place): Promise<tfl.LayersModel> => load(from, (model) => model);

/** Loads a flow that was saved by `save`, as `loadModel` does. */
export const loadFlow = (from: Place): Promise<Flow> => load(from, (model) => new Flow(model));

async function load<T>(from: Place, finish: (model: tfl.LayersModel) => T): Promise<T> {
  const where = nameOf(from);
  return build(where, checkArtifacts(where, await loadHandler(from).load()), finish);
}

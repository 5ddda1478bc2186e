import { checkOptions, type Rules, rules } from '@invertible/core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { Flow } from '../flow/flow';
import { checkArtifacts } from './artifacts';
import { build } from './build';
import type { Strictness } from './finite-weights';
import { loadHandler, nameOf, type Place } from './handler';
import { warnUnsealed } from './seal';

/** How files are read. */
export type LoadOptions = Strictness;

export const loadRules: Rules<LoadOptions> = { allowNonFinite: rules.flag };

/**
 * tf.loadLayersModel for files that nobody vouches for: everything is checked before anything is built. What this package saved
 * carries a SHA-256 over all of it, and is refused when anything in it was changed; a file without one, as tf.layers saves it, is
 * loaded with a warning. Damage that shows (sizes, names, shapes, classes, links between layers, JSON, more layers than weights) and
 * weights that are NaN or infinite are refused with an InvertibleError that names them, and leave no tensor behind.
 *
 * A model saved with its optimizer comes back compiled, also with the loss `inn.nll`. It knows every layer of this package; in a
 * bundled app, tf.loadLayersModel knows those that the app names.
 *
 * @example
 * ```ts
 * const saved = inn.realNvp({ shape: [2], layers: 2, hidden: 8 });
 * await saved.fit(tf.randomNormal([16, 2]), { epochs: 1, verbose: 0 });
 * await inn.saveModel(saved.model, 'file://trained', { includeOptimizer: true });
 * const model = await inn.loadModel('file://trained');
 * await model.fit(tf.randomNormal([16, 2]), tf.zeros([16, 1]), { epochs: 1, verbose: 0 });
 * ```
 */
export const loadModel = (from: Place, options: LoadOptions = {}): Promise<tfl.LayersModel> =>
  load('loadModel', from, options, (model) => model);

/** Loads a flow that was saved by `save`, as `loadModel` does. */
export const loadFlow = (from: Place, options: LoadOptions = {}): Promise<Flow> =>
  load('loadFlow', from, options, (model) => new Flow(model));

async function load<T>(
  name: string,
  from: Place,
  options: LoadOptions,
  finish: (model: tfl.LayersModel) => T,
): Promise<T> {
  checkOptions(name, options, loadRules);
  const where = nameOf(from);
  const artifacts = await checkArtifacts(where, await loadHandler(from).load(), options);
  const loaded = await build(where, artifacts, finish);
  if (!artifacts.sealed) warnUnsealed(where, 'Save it again by flow.save or inn.saveModel.');
  return loaded;
}

import { checkOptions, refuse } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { Flow } from '../flow/flow';
import { copyState, restoreState } from '../training/optimizer-state';
import { type Artifacts, checkArtifacts } from './artifacts';
import { build } from './build';
import { digest } from './digest';
import { loadHandler, nameOf, type Place, saveHandler } from './handler';
import { checkJson, isObject, plain } from './json';
import { type LoadOptions, loadRules } from './load-model';
import { artifactsOf, withMemory } from './model-artifacts';
import { refuseFile } from './refuse-file';
import { bytesOf, isOptimizers } from './weight-specs';

const key = 'invertibleCheckpoint';
const version = 1;

/** What a checkpoint is besides a model, kept with the model's metadata. */
interface Training {
  version: number;
  /** Class of the optimizer, or null when there was none. */
  optimizer: string | null;
  progress: unknown;
}

export interface Checkpoint {
  /** Not compiled. That of a flow becomes one by `new Flow(model)`. */
  model: tfl.LayersModel;
  /** What was given to `saveCheckpoint`. */
  progress: unknown;
  /** Makes an optimizer of the same class remember what the saved one did, to the last bit. */
  restore(optimizer: tf.Optimizer): Promise<void>;
}

/**
 * Saves a model or flow with its optimizer's memory and any JSON, so that training goes on as if it had not stopped: where the data
 * come in the same order, to the last bit on cpu and wasm; GPU backends do not repeat a step exactly, and go on to rounding (4e-6).
 * All of it is saved as it is at the call: training may go on before the promise settles.
 *
 * It is a model as tf.layers saves it, for any place that takes one and any tf.loadLayersModel; what training needs besides is
 * in its metadata, with a SHA-256 over everything. `file://` and `indexeddb://` replace the former one as a whole or not at all.
 *
 * ```ts
 * const flow = inn.flow({ bijection: inn.affineCoupling({ hidden: 16 }), shape: [2] });
 * flow.compile({ optimizer: tf.train.adam(1e-3) });
 * await inn.saveCheckpoint(flow, 'file://out/moons', { progress: { epoch: 0 } });
 * const { model, progress, restore } = await inn.loadCheckpoint('file://out/moons');
 * const again = new inn.Flow(model);
 * again.compile({ optimizer: tf.train.adam(1e-3) });
 * await restore(again.model.optimizer);
 * ```
 */
export async function saveCheckpoint(
  of: tfl.LayersModel | Flow,
  to: Place,
  { progress = null }: { progress?: unknown } = {},
): Promise<tf.io.SaveResult> {
  const model = of instanceof Flow ? of.model : of;
  const handler = saveHandler(to);
  checkJson('progress', progress);
  const { optimizer } = model;
  const training = { version, optimizer: optimizer?.getClassName() ?? null, progress: plain(progress) };
  const [whole, memory] = await Promise.all([artifactsOf(model), optimizer ? copyState(optimizer) : []]);
  const artifacts = await withMemory(whole, memory);
  const data = await digest(tf.io.CompositeArrayBuffer.join(artifacts.weightData));
  const sha256 = await digestOf(artifacts.modelTopology, artifacts.weightSpecs, data, training);
  const userDefinedMetadata = { ...artifacts.userDefinedMetadata, [key]: { ...training, sha256 } };
  return handler.save({ ...artifacts, userDefinedMetadata });
}

/**
 * Loads what {@link saveCheckpoint} saved. Whatever was changed in it is refused, and leaves no tensor behind; so are weights that
 * are NaN or infinite, unless `allowNonFinite` asks for them.
 */
export async function loadCheckpoint(from: Place, options: LoadOptions = {}): Promise<Checkpoint> {
  checkOptions('loadCheckpoint', options, loadRules);
  const where = nameOf(from);
  const artifacts = await checkArtifacts(where, await loadHandler(from).load(), options);
  const { [key]: saved, ...metadata } = artifacts.metadata;
  const training = await checkTraining(where, artifacts, saved);
  const model = await build(where, { ...artifacts, metadata }, (made) => made);
  const { specs, data } = artifacts;
  const memory = specs.filter(isOptimizers);
  const state = data.slice(data.byteLength - memory.reduce((n, spec) => n + bytesOf(where, spec), 0));
  return {
    model,
    progress: training.progress,
    restore: async (optimizer) => {
      checkOptimizer(where, training.optimizer, optimizer);
      const values = tf.io.decodeWeights(state, memory);
      await restoreState(
        optimizer,
        memory.map(({ name }) => ({ name, tensor: values[name]! })),
      ).finally(() => tf.dispose(values));
    },
  };
}

/** Refuses what is no checkpoint, or was changed. */
async function checkTraining(
  where: string,
  { topology, specs, dataDigest }: Artifacts,
  saved: unknown,
): Promise<Training> {
  if (!isObject(saved)) return refuseFile(where, 'a checkpoint', 'a model without one');
  if (saved.version !== version) {
    refuse(
      where,
      `a checkpoint of version ${version}`,
      `version ${JSON.stringify(saved.version)}`,
      'Load it with the newer version of this package that wrote it.',
    );
  }
  const { sha256, ...training } = saved;
  if (sha256 !== (await digestOf(topology, specs, dataDigest, training)))
    refuseFile(where, 'a checkpoint as it was written', 'a changed one');
  // Of this version it is what was written, which the digest tells.
  return training as unknown as Training;
}

/** Of all that is loaded; `data` is the digest of the weights. JSON of parsed JSON is the same, however a place keeps it. */
const digestOf = (topology: unknown, specs: unknown, data: string, training: object): Promise<string> =>
  digest(new TextEncoder().encode(JSON.stringify([topology, specs, training, data])));

function checkOptimizer(where: string, saved: string | null, optimizer: tf.Optimizer): void {
  if (optimizer.getClassName() === saved) return;
  refuse(
    where,
    saved === null ? 'no optimizer, as when it was saved' : `an optimizer ${saved}, as when it was saved`,
    optimizer.getClassName(),
    'Compile with the same optimizer, or leave out `restore` to begin with a new memory.',
  );
}

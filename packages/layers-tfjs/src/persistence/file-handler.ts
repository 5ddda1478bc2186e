import * as tf from '@tensorflow/tfjs-core';
import { openFolder, writeFolder } from './folder';
import { isObject, parseJson } from './json';
import { refuseFile } from './refuse-file';
import { checkSpecs } from './weight-specs';

const scheme = 'file://';
const modelFile = 'model.json';
const weightsFile = 'weights.bin';

/**
 * `file://folder` in Node: a model as the standard files of tf.layers, model.json and weights.bin, which any tf.loadLayersModel
 * reads, over http too. The folder is replaced as a whole, so that a
 * crash leaves the old model or the new one. For loading, `file://folder/model.json` names it as well.
 */
export function fileHandler(url: string): tf.io.IOHandler {
  const path = url.slice(scheme.length);
  const [file] = /[^\\/]+\.json$/.exec(path) ?? [];
  const folder = file ? path.slice(0, -file.length) || '.' : path;
  return {
    save: (artifacts) => save(file && file !== modelFile ? path : folder, artifacts),
    load: () => load(folder, file ?? modelFile),
  };
}

/** Whether a URL is for the handler above: in Node, also beside tfjs-node, whose own writes each file in place. */
export const isFile = (url: string): boolean => url.startsWith(scheme) && tf.env().getBool('IS_NODE');

/** Makes `model.save('file://…')` and `tf.loadLayersModel('file://…')` work in Node. Done on import; tfjs-node, which has its own, takes precedence. */
export function registerFileHandlers(): void {
  if (tf.io.getSaveHandlers(scheme).length > 0) return;
  const route = (url: string | string[]) =>
    typeof url === 'string' && isFile(url) && !tf.findBackendFactory('tensorflow') ? fileHandler(url) : null;
  // tfjs looks for null; its types do not say so.
  tf.io.registerSaveRouter(route as Parameters<typeof tf.io.registerSaveRouter>[0]);
  tf.io.registerLoadRouter(route as Parameters<typeof tf.io.registerLoadRouter>[0]);
}
if (tf.env().getBool('IS_NODE')) registerFileHandlers();

async function save(folder: string, artifacts: tf.io.ModelArtifacts): Promise<tf.io.SaveResult> {
  const { weightSpecs: weights = [], weightData, ...model } = artifacts;
  // One file: tfjs 4.22 misreads a second one that is larger than the first.
  const weightsManifest = [{ paths: [weightsFile], weights }];
  await writeFolder(folder, {
    [weightsFile]: new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)),
    [modelFile]: new TextEncoder().encode(JSON.stringify({ ...model, weightsManifest })),
  });
  return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
}

async function load(path: string, file: string): Promise<tf.io.ModelArtifacts> {
  const folder = await openFolder(path);
  const json = parseJson(`${path}/${file}`, await folder.read(file));
  const manifest = isObject(json) ? json.weightsManifest : undefined;
  if (!Array.isArray(manifest))
    return refuseFile(path, 'a list weightsManifest', JSON.stringify(manifest) ?? 'none');
  const paths: string[] = [];
  for (const group of manifest) {
    if (!isObject(group) || !Array.isArray(group.paths) || !Array.isArray(group.weights))
      return refuseFile(path, 'groups of paths and weights', JSON.stringify(group).slice(0, 100));
    for (const name of group.paths) {
      // A file may be of this folder only.
      if (typeof name !== 'string' || !/^[^\\/]+$/.test(name) || name === '..')
        return refuseFile(path, 'names of files in this folder', JSON.stringify(name));
      paths.push(name);
    }
  }
  const specs: unknown = manifest.flatMap(({ weights }): unknown[] => weights);
  const sizes = await Promise.all(paths.map((name) => folder.size(name)));
  checkSpecs(
    path,
    specs,
    sizes.reduce((n, size) => n + size, 0),
  );
  const parts = await Promise.all(paths.map(async (name) => (await folder.read(name)).buffer));
  const weightData = tf.io.CompositeArrayBuffer.join(parts);
  return tf.io.getModelArtifactsForJSON(json as tf.io.ModelJSON, async () => [specs, weightData]);
}

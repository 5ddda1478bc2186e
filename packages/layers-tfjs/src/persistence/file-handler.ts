import * as tf from '@tensorflow/tfjs-core';
import { digest } from './digest';
import { openFolder, writeFolder } from './folder';
import { brief, isObject, largestJson, parseJson } from './json';
import { refuseFile } from './refuse-file';
import { checkSeal, sealed } from './seal';
import { checkSpecs } from './weight-specs';

const scheme = 'file://';
const modelFile = 'model.json';
const weightsFile = 'weights.bin';
/** More files than this no model has its weights in. */
const mostFiles = 2 ** 12;

/**
 * `file://folder` in Node: a model as the standard files of tf.layers, model.json and weights.bin, which any tf.loadLayersModel
 * reads, over http too, with a digest of everything. The folder is replaced as a whole, so that a
 * crash leaves the old model or the new one. For loading, `file://folder/model.json` names it as well.
 */
export function fileHandler(url: string): Required<Pick<tf.io.IOHandler, 'save' | 'load'>> {
  const { folder, file } = placeOf(url);
  return {
    save: (artifacts) => save(file === modelFile ? folder : url.slice(scheme.length), artifacts),
    async load() {
      const artifacts = await readModel(url);
      await checkSeal(url, artifacts, await digest(tf.io.CompositeArrayBuffer.join(artifacts.weightData)));
      return artifacts;
    },
  };
}

function placeOf(url: string): { folder: string; file: string } {
  const path = url.slice(scheme.length);
  const [file] = /[^\\/]+\.json$/.exec(path) ?? [];
  return file ? { folder: path.slice(0, -file.length) || '.', file } : { folder: path, file: modelFile };
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
  const { weightSpecs: weights = [], weightData, ...model } = await sealed(artifacts);
  // One file: tfjs 4.22 misreads a second one that is larger than the first.
  const weightsManifest = [{ paths: [weightsFile], weights }];
  await writeFolder(folder, {
    [weightsFile]: new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)),
    [modelFile]: new TextEncoder().encode(JSON.stringify({ ...model, weightsManifest })),
  });
  return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
}

/** Reads a folder. What the model in it says of itself is not checked yet. */
export async function readModel(url: string): Promise<tf.io.ModelArtifacts> {
  const { folder: path, file } = placeOf(url);
  const folder = await openFolder(path);
  const json = parseJson(`${path}/${file}`, await folder.read(file, largestJson));
  const manifest = isObject(json) ? json.weightsManifest : undefined;
  if (!Array.isArray(manifest)) return refuseFile(path, 'a list weightsManifest', brief(manifest));
  const paths: string[] = [];
  for (const group of manifest) {
    if (!isObject(group) || !Array.isArray(group.paths) || !Array.isArray(group.weights))
      return refuseFile(path, 'groups of paths and weights', brief(group));
    for (const name of group.paths) {
      // A file may be of this folder only.
      if (typeof name !== 'string' || !/^[^\\/]+$/.test(name) || name === '..')
        return refuseFile(path, 'names of files in this folder', brief(name));
      paths.push(name);
    }
  }
  if (paths.length > mostFiles) refuseFile(path, `weights in at most ${mostFiles} files`, `${paths.length}`);
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

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvertibleError } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/** What training needs besides the model. */
export interface Progress {
  epoch: number;
  /** The options that the weights depend on. */
  options: Record<string, number>;
  history: { train: number; test: number }[];
}

const prefix = 'checkpoint-';

/** The newest whole checkpoint of a folder, or none. */
export function newest(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const found = readdirSync(folder).filter((name) => /^checkpoint-\d{4}$/.test(name));
  const last = found.sort().at(-1);
  return last && join(folder, last);
}

/**
 * Saves a model with its optimizer's state as `checkpoint-0007/`: a tfjs layers model (model.json, weights.bin) that
 * `tf.loadLayersModel` reads anywhere, optimizer.bin and training.json. Written beside, renamed when whole; older ones go then.
 */
export async function saveCheckpoint(
  folder: string,
  model: tfl.Sequential,
  progress: Progress,
): Promise<string> {
  const name = `${prefix}${String(progress.epoch).padStart(4, '0')}`;
  const part = join(folder, `${name}.part`);
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  const optimizer = await tf.io.encodeWeights(await model.optimizer.getWeights());
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const manifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      const files: Record<string, Uint8Array> = {
        'model.json': Buffer.from(
          JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest: manifest }),
        ),
        'weights.bin': new Uint8Array(weightData as ArrayBuffer),
        'optimizer.bin': new Uint8Array(optimizer.data),
      };
      const digests = Object.fromEntries(Object.entries(files).map(([n, bytes]) => [n, digest(bytes)]));
      const training = { ...progress, optimizer: optimizer.specs, digests };
      for (const [n, bytes] of Object.entries(files)) writeFileSync(join(part, n), bytes);
      writeFileSync(join(part, 'training.json'), JSON.stringify(training, null, 1));
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  const target = join(folder, name);
  rmSync(target, { recursive: true, force: true });
  renameSync(part, target);
  for (const old of readdirSync(folder)) {
    if (old.startsWith(prefix) && old !== name) rmSync(join(folder, old), { recursive: true });
  }
  return target;
}

/** Loads what {@link saveCheckpoint} wrote; every file is checked against its digest first. */
export async function loadCheckpoint(
  path: string,
): Promise<{ model: tfl.Sequential; progress: Progress; restore(optimizer: tf.Optimizer): Promise<void> }> {
  const read = (name: string): Buffer => {
    if (existsSync(join(path, name))) return readFileSync(join(path, name));
    return damaged(path, `no ${name}`);
  };
  const { optimizer, digests, ...progress } = parse(path, read('training.json')) as Progress & {
    optimizer: tf.io.WeightsManifestEntry[];
    digests: Record<string, string>;
  };
  const bytes = (name: string): Uint8Array => {
    const content = read(name);
    return digest(content) === digests?.[name] ? new Uint8Array(content) : damaged(path, `a changed ${name}`);
  };
  const { modelTopology, weightsManifest } = parse(path, Buffer.from(bytes('model.json'))) as {
    modelTopology: object;
    weightsManifest: tf.io.WeightsManifestConfig;
  };
  const weightData = bytes('weights.bin').buffer as ArrayBuffer;
  const state = bytes('optimizer.bin').buffer as ArrayBuffer;
  const model = (await tfl.loadLayersModel(
    tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0]!.weights, weightData }),
  )) as tfl.Sequential;
  const restore = async (to: tf.Optimizer) => {
    const weights = tf.io.decodeWeights(state, optimizer);
    await to.setWeights(optimizer.map(({ name }) => ({ name, tensor: weights[name]! })));
  };
  return { model, progress, restore };
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function parse(path: string, json: Buffer): object {
  try {
    return JSON.parse(json.toString()) as object;
  } catch {
    return damaged(path, 'a file that is not JSON');
  }
}

function damaged(path: string, came: string): never {
  throw new InvertibleError({
    where: path,
    expected: 'a whole checkpoint',
    came,
    remedy:
      'It is damaged; nothing was changed. Take a copy, or train anew without --resume into another --out.',
  });
}

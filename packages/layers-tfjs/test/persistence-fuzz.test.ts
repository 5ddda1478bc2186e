import '@tensorflow/tfjs-backend-cpu';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvertibleError } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { models, trained } from './fuzz/models';
import { inflate, links, mutateBytes, mutateTree } from './fuzz/mutations';
import { type Random, randomOf } from './fuzz/random';
import { readArchive } from './golden/archive';

/** Mutated files in all: FUZZ=20000 npx jest persistence-fuzz. */
const total = Number(process.env.FUZZ ?? 1000);
const first = Number(process.env.FUZZ_SEED ?? 1);

/** Longer than this no file may take, in milliseconds. */
const longest = 5000;

/** What came of loading a file: the first three are right. */
type Outcome = 'refused' | 'the same' | 'changed, with a warning' | 'changed without a word' | 'a raw error';

/** A kind of file: makes a mutated one and loads it, to a text that says all that was loaded. */
interface Kind {
  mutated(random: Random): () => Promise<string>;
  honest(): Promise<string>;
}

let folder: string;
let warn: jest.SpyInstance;
const kinds: Record<string, Kind> = {};

const numbers = (t: tf.Tensor) => Array.from(t.dataSync());
/** All that a model is, without the names that are counted up in each process. */
const said = (model: tfl.LayersModel): string =>
  JSON.stringify([
    model.toJSON(null, false),
    model.getUserDefinedMetadata(),
    model.loss === inn.nll || model.loss,
    model.weights.map((w) => numbers(w.read())),
  ]);

type Load = (from: inn.Place) => Promise<string>;
const asModel: Load = async (from) => said(await inn.loadModel(from));
const asCheckpoint: Load = async (from) => {
  const { model, progress, restore } = await inn.loadCheckpoint(from);
  const optimizer = tf.train.adam(0.01);
  await restore(optimizer);
  const memory = (await optimizer.getWeights()).map(({ tensor }) => tensor);
  const text = JSON.stringify([said(model), progress, memory.map(numbers)]);
  tf.dispose(memory);
  return text;
};

/** Artifacts as a place keeps them, JSON and bytes. */
async function kept(save: (to: tf.io.IOHandler) => Promise<unknown>): Promise<tf.io.ModelArtifacts> {
  let found: tf.io.ModelArtifacts = {};
  await save({
    save: async (artifacts) => {
      found = artifacts;
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    },
  });
  return found;
}
const copyOf = ({ weightData, ...json }: tf.io.ModelArtifacts): tf.io.ModelArtifacts => ({
  ...JSON.parse(JSON.stringify(json)),
  weightData: tf.io.CompositeArrayBuffer.join(weightData).slice(0),
});
const handler = (artifacts: tf.io.ModelArtifacts): tf.io.IOHandler => ({ load: async () => artifacts });

/** Trees, counts, links, offsets and bytes of a model in memory; most of them without a digest, so that all checks are asked. */
function artifactsKind(artifacts: tf.io.ModelArtifacts, load: Load): Kind {
  return {
    honest: () => load(handler(copyOf(artifacts))),
    mutated(random) {
      const changed = copyOf(artifacts);
      const { generatedBy, weightData, ...tree } = changed;
      if (random.whole(4)) changed.generatedBy = 'TensorFlow.js tfjs-layers v4.22.0';
      const mutations = [
        () => mutateTree(tree, random),
        () => mutateTree(tree.modelTopology, random),
        () => inflate(tree.modelTopology, random),
        () => mutateTree(tree.modelTopology, random, links),
        () => mutateTree(tree.weightSpecs, random),
        () => {
          changed.weightData = mutateBytes(new Uint8Array(weightData as ArrayBuffer), random).buffer;
        },
      ];
      for (let n = random.whole(2); n >= 0; n--) random.pick(mutations)();
      return () => load(handler({ ...changed, ...tree }));
    },
  };
}

/** Any kind of layer, flow and checkpoint, as 0.1.0 saved it: without a digest. */
function oldKind(): Kind {
  const old = readArchive(join(__dirname, 'golden/0.1.0.json.gz')).flatMap(({ kind, saved }) =>
    kind === 'weights' || kind === 'folder'
      ? []
      : [artifactsKind(saved, kind === 'checkpoint' ? asCheckpoint : asModel)],
  );
  let one: Kind | undefined;
  return {
    honest: () => one!.honest(),
    mutated(random) {
      one = random.pick(old);
      return one.mutated(random);
    },
  };
}

/** The bytes of the two files of a folder. */
async function folderKind(name: string, flow: inn.Flow): Promise<Kind> {
  const path = join(folder, name);
  const url = `file://${path}`;
  await flow.save(url);
  const files = ['model.json', 'weights.bin'].map((file) => join(path, file));
  const bytes = files.map((file) => fs.readFileSync(file));
  const restore = () => {
    for (const [i, file] of files.entries()) fs.writeFileSync(file, bytes[i]!);
  };
  const load = async () => said((await inn.loadFlow(url)).model);
  return {
    async honest() {
      restore();
      return load();
    },
    mutated(random) {
      restore();
      const i = random.whole(files.length);
      fs.writeFileSync(files[i]!, mutateBytes(bytes[i]!, random));
      return load;
    },
  };
}

const headerOf = (bytes: Uint8Array) => {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return { header: JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString()), length };
};

/** Bytes, names, offsets and counts of safetensors; half of them without a digest. */
async function safetensorsKind(): Promise<Kind> {
  const weights = { a: tf.ones([2, 3]), b: tf.scalar(2), c: tf.zeros([0, 4]), d: tf.fill([4], 0.5) };
  const bytes = await inn.toSafetensors(weights, { made: 'by the test' });
  tf.dispose(weights);
  const load = async (from: Uint8Array) => {
    const read = inn.fromSafetensors(from);
    const text = Object.entries(read.weights).map(([name, w]) => [name, w.shape, numbers(w)]);
    tf.dispose(read.weights);
    return JSON.stringify([text.sort(), read.metadata]);
  };
  return {
    honest: () => load(bytes),
    mutated(random) {
      if (random.whole(3) === 0) {
        const changed = mutateBytes(bytes, random);
        return () => load(changed);
      }
      const { header, length } = headerOf(bytes);
      if (random.whole(2)) delete header.__metadata__['invertible.sha256'];
      random.pick([mutateTree, inflate])(header, random);
      const json = Buffer.from(JSON.stringify(header));
      const start = Buffer.alloc(8);
      start.writeBigUInt64LE(BigInt(json.length));
      const changed = Buffer.concat([start, json, bytes.subarray(8 + length)]);
      return () => load(changed);
    },
  };
}

beforeAll(async () => {
  await tf.setBackend('cpu');
  warn = jest.spyOn(console, 'warn').mockImplementation();
  folder = fs.mkdtempSync(join(tmpdir(), 'fuzz-'));
  for (const [name, make] of Object.entries(models)) {
    const artifacts = await kept((to) => inn.saveModel(make(), to));
    kinds[name] = artifactsKind(artifacts, asModel);
  }
  const model = await trained();
  kinds.checkpoint = artifactsKind(
    await kept((to) => inn.saveCheckpoint(model, to, { progress: { epoch: 3, losses: [1, 2.5] } })),
    asCheckpoint,
  );
  kinds['compiled model'] = artifactsKind(
    await kept((to) => inn.saveModel(model, to, { includeOptimizer: true })),
    asModel,
  );
  kinds['files of 0.1.0'] = oldKind();
  kinds.folder = await folderKind('flow', inn.realNvp({ shape: [3], layers: 2, hidden: 2 }));
  kinds.safetensors = await safetensorsKind();
});
afterAll(() => {
  warn.mockRestore();
  fs.rmSync(folder, { recursive: true });
});

/** Variables that stay when a model is loaded; tf.layers does not free those of models inside layers. */
const variables = () => tf.engine().registeredVariables;

/** How a load ended, with what was loaded or said; the variables that it made are freed. */
async function outcomeOf(load: () => Promise<string>): Promise<[Outcome | 'loaded', string]> {
  const before = { ...variables() };
  try {
    return ['loaded', await load()];
  } catch (error) {
    if (error instanceof InvertibleError) return ['refused', error.message];
    return ['a raw error', error instanceof Error ? `${error.stack}` : String(error)];
  } finally {
    for (const [id, variable] of Object.entries(variables())) if (!(id in before)) variable.dispose();
  }
}

/** What is to be said of a load: whether it is the honest file, and whether a change was reported. */
async function judged(
  kind: Kind,
  random: Random,
): Promise<{ outcome: Outcome; details: string; took: number }> {
  const load = kind.mutated(random);
  warn.mockClear();
  const begun = performance.now();
  const [end, details] = await outcomeOf(load);
  const took = performance.now() - begun;
  if (end !== 'loaded') return { outcome: end, details, took };
  const warned = warn.mock.calls.length > 0;
  const [, honest] = await outcomeOf(() => kind.honest());
  if (details === honest) return { outcome: 'the same', details, took };
  return { outcome: warned ? 'changed, with a warning' : 'changed without a word', details, took };
}

test(`${total} mutated files: none is loaded changed without a word, hangs, crashes or leaks`, async () => {
  const counts: Record<string, number> = {};
  const faults: string[] = [];
  const names = Object.keys(kinds);
  for (let seed = first; seed < first + total; seed++) {
    const name = names[seed % names.length]!;
    if (process.env.FUZZ_LOG) fs.writeFileSync(process.env.FUZZ_LOG, `${seed} ${name}`);
    const tensors = tf.memory().numTensors;
    const { outcome, details, took } = await judged(kinds[name]!, randomOf(seed));
    const fault = (kind: string) => {
      counts[kind] = (counts[kind] ?? 0) + 1;
      faults.push(`${name}, seed ${seed}: ${kind}: ${details.slice(0, 600)}`);
    };
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    if (outcome === 'changed without a word' || outcome === 'a raw error') fault(outcome);
    if (took > longest) fault('slower than 5 s');
    if (tf.memory().numTensors !== tensors) fault(`${tf.memory().numTensors - tensors} tensors left`);
    counts.slowest = Math.max(counts.slowest ?? 0, Math.round(took));
  }
  if (process.env.FUZZ) console.log(JSON.stringify(counts));
  expect(faults.slice(0, 20)).toEqual([]);
  expect(counts.refused).toBeGreaterThan(total / 2);
  expect(counts['changed, with a warning']).toBeGreaterThan(0);
}, 3_600_000);

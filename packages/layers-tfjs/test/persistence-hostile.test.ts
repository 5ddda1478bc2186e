import '@tensorflow/tfjs-backend-cpu';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvertibleError } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import fc from 'fast-check';

interface LayerJson {
  class_name: string;
  config: { layers: LayerJson[]; conditioner: { models: Record<string, LayerJson> } };
}
/** What a file says of a model, as far as the changes below go into it. */
interface Said {
  modelTopology: LayerJson;
  weightSpecs: { name: string; shape: number[] }[];
  weightData: ArrayBuffer;
  generatedBy: string;
  userDefinedMetadata: { invertibleCheckpoint: object };
}

const values = (t: tf.Tensor) => Array.from(t.dataSync());
const weightsOf = ({ weights }: tfl.LayersModel) => weights.flatMap((w) => values(w.read()));

const conditioner: inn.ModelFactory = (shape, out) =>
  tfl.sequential({ layers: [tfl.layers.dense({ units: out, inputShape: shape })] });
const model = () =>
  tfl.sequential({
    layers: [
      inn.actNorm({ inputShape: [4], name: 'norm' }),
      inn.conv1x1({ reflections: 2, name: 'mixing' }),
      inn.affineCoupling({ conditioner, name: 'coupling' }),
      inn.gaussianLikelihood({ name: 'head' }),
    ],
  });

let honest: tfl.LayersModel;
let folder: string;
let text: string;
let artifacts: () => Said;
/** The same as tf.layers saves it: no digest tells that it was changed. */
const unsealed = (): Said => ({ ...artifacts(), generatedBy: 'TensorFlow.js tfjs-layers v4.22.0' });
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = fs.mkdtempSync(join(tmpdir(), 'hostile-'));
  honest = model();
  honest.compile({ optimizer: tf.train.adam(0.01), loss: inn.nll });
  await honest.trainOnBatch(tf.ones([8, 4]), tf.zeros([8, 1]));
  await inn.saveCheckpoint(honest, `file://${folder}/c`, { progress: { epoch: 7 } });
  text = fs.readFileSync(join(folder, 'c/model.json'), 'utf8');
  const { weightsManifest, ...json } = JSON.parse(text);
  const bytes = fs.readFileSync(join(folder, 'c/weights.bin'));
  artifacts = () => ({
    ...(JSON.parse(JSON.stringify(json)) as Said),
    weightSpecs: JSON.parse(JSON.stringify(weightsManifest[0].weights)) as Said['weightSpecs'],
    weightData: new Uint8Array(bytes).buffer,
  });
});
afterAll(() => fs.rmSync(folder, { recursive: true }));
/** What is loaded without a digest is reported. */
let warnings: jest.SpyInstance;
beforeEach(() => {
  warnings = jest.spyOn(console, 'warn').mockImplementation();
});
afterEach(() => warnings.mockRestore());

const handler = (of: unknown): tf.io.IOHandler => ({ load: async () => of as tf.io.ModelArtifacts });

/** Refused with an InvertibleError and no tensor left; nothing that exists has changed. */
async function refused(load: () => Promise<unknown>, message = /expected/): Promise<void> {
  const before = tf.memory().numTensors;
  const own = weightsOf(honest);
  const error: unknown = await load().then(
    () => 'nothing was refused',
    (e) => e,
  );
  expect(error).toBeInstanceOf(InvertibleError);
  expect((error as Error).message).toMatch(message);
  expect(tf.memory().numTensors).toBe(before);
  expect(weightsOf(honest)).toEqual(own);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
}

test('what is not changed is loaded', async () => {
  const before = tf.memory().numTensors;
  const loaded = await inn.loadModel(handler(artifacts()));
  expect(weightsOf(loaded)).toEqual(weightsOf(honest));
  expect((await inn.loadCheckpoint(handler(artifacts()))).progress).toEqual({ epoch: 7 });
  // The weights of both: the model inside the coupling has none for itself.
  expect(tf.memory().numTensors - before).toBe(2 * loaded.weights.length);
});

const layerOf = (a: Said, k: number) => a.modelTopology.config.layers[k]!;
const setShape = (shape: unknown) => (a: Said) => {
  a.weightSpecs[0]!.shape = shape as number[];
};
const proto = (of: unknown) => JSON.parse(`{"__proto__": ${JSON.stringify(of)}}`) as object;
const deep = (n: number) => JSON.parse(`${'[{"a":'.repeat(n)}1${'}]'.repeat(n)}`) as object;

const changes: Record<string, [change: (a: Said) => unknown, message: RegExp]> = {
  'no weights': [(a) => Object.assign(a, { weightData: undefined }), /weights, got none/],
  'no topology': [(a) => Object.assign(a, { modelTopology: undefined }), /topology/],
  'no specs': [(a) => Object.assign(a, { weightSpecs: undefined }), /a list of weights/],
  'a graph model': [(a) => Object.assign(a, { format: 'graph-model' }), /layers-model/],
  'weights too short': [(a) => Object.assign(a, { weightData: a.weightData.slice(4) }), /bytes of weights/],
  'weights too long': [
    (a) => Object.assign(a, { weightData: new ArrayBuffer(a.weightData.byteLength + 1) }),
    /bytes of weights/,
  ],
  'a huge shape': [setShape([2 ** 40]), /bytes of weights/],
  'a shape beyond counting': [setShape([2 ** 40, 2 ** 40]), /a shape/],
  'a negative shape': [setShape([-2, -2]), /a shape/],
  'a shape of NaN': [setShape([Number.NaN]), /finite numbers/],
  'a fractional shape': [setShape([0.5, 8]), /a shape/],
  'a shape of text': [setShape('4'), /a shape/],
  'a shape of many axes': [setShape(Array(7).fill(1)), /a shape/],
  'a weight of text': [
    (a) => Object.assign(a.weightSpecs[0]!, { dtype: 'string' }),
    /float32, int32 or bool/,
  ],
  'a weight of no dtype': [
    (a) => Object.assign(a.weightSpecs[0]!, { dtype: 'toString' }),
    /float32, int32 or bool/,
  ],
  'a weight of int32': [
    (a) => Object.assign(a.weightSpecs[0]!, { dtype: 'int32' }),
    /a model with its weights/,
  ],
  'a quantization of nothing': [
    (a) => Object.assign(a.weightSpecs[0]!, { quantization: { dtype: 'constructor' } }),
    /levels/,
  ],
  'no name': [(a) => Object.assign(a.weightSpecs[0]!, { name: undefined }), /with a name/],
  'a name twice': [(a) => Object.assign(a.weightSpecs[1]!, { name: a.weightSpecs[0]!.name }), /each once/],
  'a name of the prototype': [(a) => Object.assign(a.weightSpecs[0]!, { name: '__proto__' }), /safe/],
  'a name that objects have': [
    (a) => Object.assign(a.weightSpecs[0]!, { name: 'toString' }),
    /with its weights/,
  ],
  'a weight of another model': [
    (a) => Object.assign(a.weightSpecs[0]!, { name: 'other/w' }),
    /with its weights/,
  ],
  'a weight less': [
    (a) => {
      a.weightSpecs.shift();
      a.weightData = a.weightData.slice(16);
    },
    /with its weights/,
  ],
  'a weight that is turned': [
    (a) => {
      const kernel = a.weightSpecs.find((spec) => spec.shape.length === 2)!;
      kernel.shape.reverse();
    },
    /with its weights/,
  ],
  'an unknown class': [(a) => Object.assign(layerOf(a, 0), { class_name: 'Evil' }), /classes .*got "Evil"/],
  'a class that objects have': [
    (a) => Object.assign(layerOf(a, 0), { class_name: 'constructor' }),
    /classes/,
  ],
  'no class': [(a) => Object.assign(layerOf(a, 0), { class_name: null }), /classes/],
  'a prototype in the topology': [
    (a) => Object.assign(a, { modelTopology: { ...a.modelTopology, x: proto({ polluted: 1 }) } }),
    /safe, got "__proto__"/,
  ],
  'a constructor in a config': [
    (a) => Object.assign(layerOf(a, 0).config, { constructor: { prototype: { polluted: 1 } } }),
    /safe, got "constructor"/,
  ],
  'a prototype in the metadata': [
    (a) => Object.assign(a, { userDefinedMetadata: proto({ polluted: 1 }) }),
    /safe/,
  ],
  'a config without end': [(a) => Object.assign(layerOf(a, 0).config, { x: deep(10_000) }), /levels of JSON/],
  'an infinite number': [(a) => Object.assign(layerOf(a, 0).config, { seed: JSON.parse('1e999') }), /finite/],
  'a negative input': [
    (a) => Object.assign(layerOf(a, 0).config, { batch_input_shape: [null, -4] }),
    /an input/,
  ],
  'a fractional input': [
    (a) => Object.assign(layerOf(a, 0).config, { batch_input_shape: [null, 4.5] }),
    /an input/,
  ],
  'a huge input': [
    (a) => Object.assign(layerOf(a, 0).config, { batch_input_shape: [null, 2 ** 40] }),
    /an input/,
  ],
  'a wide input': [
    (a) => Object.assign(layerOf(a, 0).config, { batch_input_shape: [null, 10_000_000] }),
    /the shape of an input/,
  ],
  'a layer with endless weights': [
    (a) => Object.assign(layerOf(a, 1).config, { reflections: 1e12 }),
    /more than that: .* of layer "mixing"|with its weights/,
  ],
  'endless weights in a coupling': [
    (a) => {
      const { models } = layerOf(a, 2).config.conditioner;
      Object.assign(Object.values(models)[0]!.config.layers[0]!.config, { units: 1e12 });
    },
    /more than that: kernel/,
  ],
  'an option of the wrong kind': [
    (a) => Object.assign(layerOf(a, 1).config, { kind: 'evil' }),
    /with its weights/,
  ],
  'layers that are none': [
    (a) => Object.assign(a.modelTopology.config, { layers: [1, 2] }),
    /with its weights/,
  ],
  'training by nobody': [
    (a) =>
      Object.assign(a, {
        trainingConfig: { optimizer_config: { class_name: 'Evil', config: {} }, loss: 'x' },
      }),
    /an optimizer that is registered, got "Evil"/,
  ],
};

test.each(Object.entries(changes))('%s', async (_, [change, message]) => {
  for (const load of [inn.loadModel, inn.loadFlow, inn.loadCheckpoint])
    for (const make of [artifacts, unsealed]) {
      const changed = make();
      change(changed);
      const isPlain = make === unsealed && load !== inn.loadCheckpoint;
      await refused(() => load(handler(changed)), isPlain ? message : /expected/);
    }
});

describe('a checkpoint', () => {
  const training = (a: Said) => a.userDefinedMetadata.invertibleCheckpoint;
  test.each<[string, (a: Said) => unknown, RegExp]>([
    ['of no training', (a) => Object.assign(a, { userDefinedMetadata: {} }), /a model without one/],
    [
      'of a newer version',
      (a) => Object.assign(training(a), { version: 2 }),
      /version 1, got version 2\. .*newer/,
    ],
    ['without a digest', (a) => Object.assign(training(a), { sha256: undefined }), /a changed one/],
    ['with other progress', (a) => Object.assign(training(a), { progress: { epoch: 8 } }), /a changed one/],
    ['with another option', (a) => Object.assign(layerOf(a, 1).config, { seed: 1 }), /a changed one/],
    ['with another number', (a) => new Uint8Array(a.weightData)[40]!++, /a changed one/],
    ['with names exchanged', (a) => a.weightSpecs.reverse(), /a changed one/],
  ])('%s is refused', async (_, change, message) => {
    const changed = unsealed();
    change(changed);
    await refused(() => inn.loadCheckpoint(handler(changed)), message);
  });
});

test('a model that is no flow is refused by loadFlow', () =>
  refused(() => inn.loadFlow(handler(artifacts())), /a likelihood head/));

describe('files', () => {
  let copy: string;
  beforeEach(() => {
    copy = fs.mkdtempSync(join(folder, 'copy-'));
    fs.cpSync(join(folder, 'c'), copy, { recursive: true });
  });
  const file = (name: string) => join(copy, name);
  const checkpoint = () => inn.loadCheckpoint(`file://${copy}`);

  test.each(['model.json', 'weights.bin'])('%s cut at any byte is refused', async (name) => {
    const whole = fs.readFileSync(file(name));
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), async (n) => {
        fs.writeFileSync(file(name), whole.subarray(0, n));
        await refused(() => inn.loadModel(`file://${copy}`));
      }),
      { numRuns: 100 },
    );
    fs.writeFileSync(file(name), Buffer.concat([whole, whole.subarray(0, 4)]));
    await refused(checkpoint);
    fs.rmSync(file(name));
    await refused(checkpoint, new RegExp(`no ${name}`));
  });

  test.each(['model.json', 'weights.bin'])(
    'a changed byte of %s is refused, or of no account',
    async (name) => {
      const whole = fs.readFileSync(file(name));
      const own = weightsOf(honest);
      await fc.assert(
        fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
          const changed = Buffer.from(whole);
          changed[at]! ^= change;
          fs.writeFileSync(file(name), changed);
          const before = tf.memory().numTensors;
          try {
            const { model, progress } = await checkpoint();
            expect(name).toBe('model.json');
            expect(weightsOf(model)).toEqual(own);
            expect(progress).toEqual({ epoch: 7 });
            expect(JSON.stringify(model.layers.map((l) => l.getConfig()))).toBe(
              JSON.stringify(honest.layers.map((l) => l.getConfig())),
            );
            tf.dispose(model.weights.map((w) => w.read()));
          } catch (error) {
            expect(error).toBeInstanceOf(InvertibleError);
            expect(tf.memory().numTensors).toBe(before);
          }
        }),
        { numRuns: 300 },
      );
    },
  );

  const rewrite = (weightsManifest: unknown) =>
    fs.writeFileSync(file('model.json'), JSON.stringify({ ...JSON.parse(text), weightsManifest }));
  test.each<[string, unknown, RegExp]>([
    ['of the folder above', ['../c/weights.bin'], /names of files in this folder/],
    ['of anywhere', ['/etc/passwd'], /names of files in this folder/],
    ['of Windows', ['..\\c\\weights.bin'], /names of files in this folder/],
    ['that is the folder above', ['..'], /names of files in this folder/],
    ['that is a number', [1], /names of files in this folder/],
    ['that is missing', ['weights.bin', 'more.bin'], /no more.bin/],
    ['in no list', 'weights.bin', /groups of paths/],
  ])('a path %s is refused', async (_, paths, message) => {
    rewrite([{ ...JSON.parse(text).weightsManifest[0], paths }]);
    await refused(() => inn.loadModel(`file://${copy}`), message);
  });

  test('JSON that is too large, has a name twice, or is something else, is refused', async () => {
    fs.writeFileSync(file('model.json'), text.replace('{', '{"format":"layers-model",'));
    await refused(checkpoint, /each name once, got "format" twice/);
    fs.writeFileSync(file('model.json'), '[]');
    await refused(checkpoint, /weightsManifest/);
    fs.writeFileSync(file('model.json'), '['.repeat(300) + ']'.repeat(300));
    await refused(checkpoint, /levels of JSON/);
    fs.writeFileSync(file('model.json'), text.padEnd(2 ** 26 + 1));
    await refused(checkpoint, /at most 67108864 bytes of model.json/);
    rewrite(null);
    await refused(checkpoint, /weightsManifest/);
  });
});

test('a changed letter in the links between layers is refused with names, and waits for nothing', async () => {
  const [a, b] = [tfl.input({ shape: [2], name: 'left' }), tfl.input({ shape: [2], name: 'right' })];
  const shared = tfl.layers.dense({ units: 2, name: 'shared' });
  const sum = tfl.layers.add({ name: 'sum' }).apply([a, b].map((x) => shared.apply(x) as tfl.SymbolicTensor));
  const graph = tfl.model({ inputs: [a, b], outputs: sum as tfl.SymbolicTensor });
  let saved: tf.io.ModelArtifacts = {};
  await graph.save({
    save: async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    },
  });
  await inn.loadModel(handler(saved));
  const topology = JSON.stringify(saved.modelTopology);
  const load = (modelTopology: string) => () =>
    inn.loadModel(handler({ ...saved, modelTopology: JSON.parse(modelTopology) }));
  const changed = ['left', 'right', 'shared', 'sum'].flatMap((name) =>
    [...topology.matchAll(new RegExp(`"${name}"`, 'g'))].map(
      ({ index }) => `${topology.slice(0, index)}"x${topology.slice(index + 2)}`,
    ),
  );
  expect(changed.length).toBeGreaterThan(10);
  for (const text of changed) await refused(load(text), /"?x(eft|ight|hared|um)"?/);
  await refused(
    load(topology.replace('["shared",1,0', '["shared",2,0')),
    /waits for application 2 of "shared"/,
  );
  await refused(load(topology.replace('["left",0,0', '["sum",0,0')), /each come after their inputs/);
  await refused(load(topology.replace('[["left",0,0,{}]]', '[]')), /inputs of layer "shared"/);
});

import '@tensorflow/tfjs-backend-cpu';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { InvertibleError } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { buildSync } from 'esbuild';

const values = (t: tf.Tensor) => Array.from(t.dataSync());
const weightsOf = ({ weights }: tfl.LayersModel) => weights.flatMap((w) => values(w.read()));
const flow = (seed = 1) => inn.flow({ bijection: inn.affineCoupling({ hidden: 4, seed }), shape: [4] });

let folder: string;
beforeAll(async () => {
  await tf.setBackend('cpu');
});
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'persistence-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

test('file:// holds a model as standard files, which tf.loadLayersModel reads by the folder or by model.json', async () => {
  const saved = flow();
  const { modelArtifactsInfo } = await saved.save(`file://${folder}/a/b`);
  expect(modelArtifactsInfo.weightDataBytes).toBe(4 * saved.model.countParams());
  expect(fs.readdirSync(join(folder, 'a'))).toEqual(['b']);
  expect(fs.readdirSync(join(folder, 'a/b')).sort()).toEqual(['model.json', 'weights.bin']);
  const { format, weightsManifest } = JSON.parse(fs.readFileSync(join(folder, 'a/b/model.json'), 'utf8'));
  expect(format).toBe('layers-model');
  expect(weightsManifest[0].paths).toEqual(['weights.bin']);
  for (const url of [`file://${folder}/a/b`, `file://${folder}/a/b/model.json`]) {
    expect(weightsOf(await tfl.loadLayersModel(url))).toEqual(weightsOf(saved.model));
    expect(weightsOf((await inn.loadFlow(url)).model)).toEqual(weightsOf(saved.model));
  }
  await saved.save(`file://${folder}/a/b/model.json`);
  expect(fs.readdirSync(join(folder, 'a/b')).sort()).toEqual(['model.json', 'weights.bin']);
});

test('weights in several files are read in their order', async () => {
  const saved = flow();
  await saved.save(`file://${folder}/m`);
  const file = join(folder, 'm/model.json');
  const json = JSON.parse(fs.readFileSync(file, 'utf8'));
  const whole = fs.readFileSync(join(folder, 'm/weights.bin'));
  fs.writeFileSync(join(folder, 'm/one.bin'), whole.subarray(0, 13));
  fs.writeFileSync(join(folder, 'm/two.bin'), whole.subarray(13));
  json.weightsManifest[0].paths = ['one.bin', 'two.bin'];
  fs.writeFileSync(file, JSON.stringify(json));
  expect(weightsOf(await inn.loadModel(`file://${folder}/m`))).toEqual(weightsOf(saved.model));
});

test('a model saved with its optimizer comes back compiled, from either loader', async () => {
  const model = tfl.sequential({ layers: [tfl.layers.dense({ units: 2, inputShape: [3] })] });
  model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
  model.setUserDefinedMetadata({ made: 'by hand' });
  await model.trainOnBatch(tf.ones([4, 3]), tf.ones([4, 2]));
  await model.save(`file://${folder}/m`, { includeOptimizer: true });
  expect(fs.readdirSync(join(folder, 'm')).sort()).toEqual(['model.json', 'weights.bin']);
  const next = async (m: tfl.LayersModel) => m.trainOnBatch(tf.ones([4, 3]), tf.ones([4, 2]));
  const [ours, stock] = [
    await inn.loadModel(`file://${folder}/m`),
    await tfl.loadLayersModel(`file://${folder}/m`),
  ];
  expect(ours.getUserDefinedMetadata()).toEqual({ made: 'by hand' });
  expect(await next(ours)).toBe(await next(stock));
  expect(weightsOf(ours)).toEqual(weightsOf(stock));
});

/** Everything that changes a folder. */
const operations = ['mkdir', 'writeFile', 'rename', 'rm'] as const;

/** From the n-th operation on, nothing works any more, as for a process that was killed: that one gets halfway. */
function crashAfter(n: number): () => void {
  let left = n;
  const spies = operations.map((name) => {
    const real = fs.promises[name] as (...args: unknown[]) => Promise<unknown>;
    const crashing = async (...args: unknown[]) => {
      if (left-- > 0) return real(...args);
      if (name === 'writeFile' && left === -1)
        await real(args[0], (args[1] as Uint8Array).subarray(0, (args[1] as Uint8Array).length / 2));
      throw new Error('crash');
    };
    return jest.spyOn(fs.promises, name).mockImplementation(crashing as never);
  });
  return () => {
    for (const spy of spies) spy.mockRestore();
  };
}

test.each(['after a whole save', 'after a crash between the renames'])(
  'a crash at any point leaves the old model or the new one, %s',
  async (state) => {
    const [older, newer] = [flow(1), flow(2)];
    const [before, after] = [weightsOf(older.model), weightsOf(newer.model)];
    const url = `file://${folder}/m`;
    const seen: string[] = [];
    for (let n = 0, done = false; !done; n++) {
      await older.save(url);
      if (state !== 'after a whole save') fs.renameSync(join(folder, 'm'), join(folder, 'm.replaced'));
      const recover = crashAfter(n);
      done = await newer.save(url).then(
        () => true,
        () => false,
      );
      recover();
      const found = weightsOf((await inn.loadFlow(url)).model);
      const kept = String(found) === String(before);
      seen.push(kept ? 'old' : 'new');
      expect(found).toEqual(kept ? before : after);
    }
    // mkdir ×2, two files, one or three renames with the removal between them, the last removal.
    expect(seen.length).toBeGreaterThan(5);
    expect(seen.join(' ')).toMatch(/^(old )+(new ?)+$/);
    await older.save(url);
    expect(fs.readdirSync(folder).filter((name) => !name.startsWith('m.part-'))).toEqual(['m']);
  },
);

test('a save that fails takes its parts away', async () => {
  const spy = jest.spyOn(fs.promises, 'rename').mockRejectedValue(new Error('disk'));
  await expect(flow().save(`file://${folder}/m`)).rejects.toThrow('disk');
  spy.mockRestore();
  expect(fs.readdirSync(folder)).toEqual([]);
});

test('saves at the same time leave one of the models, whole', async () => {
  const flows = [1, 2, 3, 4].map(flow);
  await Promise.all(flows.map((f) => f.save(`file://${folder}/m`)));
  const found = weightsOf((await inn.loadFlow(`file://${folder}/m`)).model);
  expect(flows.map((f) => weightsOf(f.model))).toContainEqual(found);
  expect(fs.readdirSync(folder)).toEqual(['m']);
});

test('a folder that holds anything else is not replaced', async () => {
  fs.writeFileSync(join(folder, 'picture.png'), '');
  await expect(flow().save(`file://${folder}`)).rejects.toThrow(/for this model alone, got .* picture.png/);
  expect(fs.readdirSync(folder)).toEqual(['picture.png']);
});

test('places that nobody knows are refused; tfjs’s own handlers are left to it', async () => {
  await expect(inn.loadModel('nowhere://m')).rejects.toThrow(InvertibleError);
  await expect(inn.saveCheckpoint(flow(), 'nowhere://m')).rejects.toThrow(/a place that tfjs knows/);
  expect(tf.io.getSaveHandlers('file://m')).toHaveLength(1);
  inn.registerFileHandlers();
  expect(tf.io.getSaveHandlers('file://m')).toHaveLength(1);
  expect(tf.io.getLoadHandlers('nowhere://m')).toHaveLength(0);
});

test.each([false, true])(
  'a bundle for browsers is made, and leaves Node’s modules to Node; minified: %s',
  (minify) => {
    const { errors, warnings, outputFiles } = buildSync({
      entryPoints: [resolve(__dirname, '../src/index.ts')],
      bundle: true,
      platform: 'browser',
      format: 'esm',
      external: ['@tensorflow/*'],
      write: false,
      minify,
    });
    expect([...errors, ...warnings]).toEqual([]);
    expect(outputFiles[0]!.text).not.toMatch(/(require\(|from\s*)"node:/);
  },
);

import '@tensorflow/tfjs-backend-cpu';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { hostname, tmpdir } from 'node:os';
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

test('what killed saves left is swept at the next one; what may belong to a running save is left alone', async () => {
  const id = () => globalThis.crypto.randomUUID();
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const host = hostname().replace(/[^\w.]/g, '_');
  const part = (whose: string, hours = 0) => {
    const name = `m.part-${whose}-${id()}`;
    const path = join(folder, name);
    fs.mkdirSync(path);
    fs.writeFileSync(join(path, 'weights.bin'), 'half');
    const then = Date.now() / 1000 - hours * 3600;
    fs.utimesSync(path, then, then);
    return name;
  };
  for (const [whose, hours] of [
    [`${pid}@${host}`, 0],
    [`${process.pid}@${host}`, 25],
    ['1@elsewhere', 2],
    ['0.1.0', 2],
  ] as const)
    part(whose, hours);
  const running = [part(`${process.pid}@${host}`, 2), part('1@elsewhere'), part('0.1.0')];
  fs.mkdirSync(join(folder, 'more.part-1@elsewhere'));
  await flow().save(`file://${folder}/m`);
  expect(fs.readdirSync(folder).sort()).toEqual(['m', 'more.part-1@elsewhere', ...running].sort());
});

test('a process that is killed while it saves leaves nothing that the next save does not sweep', async () => {
  const script = `
    const fs = require('node:fs');
    const real = fs.promises.writeFile;
    fs.promises.writeFile = async (...args) => { await real(...args); process.kill(process.pid, 'SIGKILL'); };
    require('@tensorflow/tfjs-backend-cpu');
    const inn = require('@invertible/layers-tfjs');
    inn.nice({ shape: [2], hidden: 2, layers: 1 }).save('file://' + process.argv[2] + '/m');`;
  const root = resolve(__dirname, '../../..');
  const { outputFiles } = buildSync({
    stdin: { contents: script, resolveDir: root },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    external: ['@tensorflow/*'],
    tsconfig: join(root, 'tsconfig.json'),
  });
  const { signal } = spawnSync(process.execPath, ['-', folder], {
    cwd: root,
    input: outputFiles[0]!.text,
  });
  expect(signal).toBe('SIGKILL');
  expect(fs.readdirSync(folder)).toEqual([expect.stringMatching(/^m\.part-\d+@/)]);
  await flow().save(`file://${folder}/m`);
  expect(fs.readdirSync(folder)).toEqual(['m']);
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

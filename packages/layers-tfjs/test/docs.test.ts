import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import * as core from '@invertible/core';
import { broken, freeSample, type LawName, laws, reversed, sample } from '@invertible/core/testing';
import * as inn from '@invertible/layers-tfjs';
import { transformSync } from '@swc/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { layer } from '../src/layer';
import { factories } from '../tools/factories';
import { withTable } from '../tools/layers-table';

const root = resolve(__dirname, '../../..');
const read = (file: string) => readFileSync(resolve(root, file), 'utf8');

test('the table of layers in the README is what the code says', () => {
  expect(withTable(read('README.md'))).toBe(read('README.md'));
});

test('the factories are what the docblocks of core say', () => {
  // `npm run docs` writes them.
  expect(factories(root)).toBe(read('packages/layers-tfjs/src/factories.ts'));
});

/** The files of the contributor's guide, by path; the first line of each names it. */
const guide = new Map(
  [...read('CONTRIBUTING.md').matchAll(/```ts\n\/\/ (\S+)\.ts\n([\s\S]*?)```/g)].map(
    ([, path, code]): [string, string] => [resolve(root, path!), code!],
  ),
);
const loaded = new Map<string, Record<string, unknown>>();

/** A file of the guide as if it lay in its folder. */
function load(path: string): Record<string, unknown> {
  const known = loaded.get(path);
  if (known) return known;
  const { code } = transformSync(guide.get(path)!, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  const exported: Record<string, unknown> = {};
  const reach = (name: string) => {
    const at = name.startsWith('.') ? resolve(dirname(path), name) : name;
    return guide.has(at) ? load(at) : require(at);
  };
  new Function('require', 'exports', code)(reach, exported);
  loaded.set(path, exported);
  return exported;
}

const kindsOfGuide = [...guide.keys()].flatMap((path) =>
  Object.entries(load(path)).filter(
    (entry): entry is [string, core.Factory<object>] => 'metadata' in Object(entry[1]),
  ),
);

test('the contributor’s guide has an example for each engine', () => {
  const names = [
    'tilted',
    'learnedTilt',
    'conditionalTilt',
    'tiltCoupling',
    'complexScale',
    'butterfly',
    'planar',
  ];
  expect(kindsOfGuide.map(([name]) => name).sort()).toEqual(names.sort());
  expect(read('CONTRIBUTING.md').split('```ts')).toHaveLength(guide.size + 1);
});

describe.each(kindsOfGuide)('%s of the contributor’s guide', (name, factory) => {
  const conditional = name.startsWith('conditional');
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  test.each(Object.keys(laws) as LawName[])('keeps the law: %s', async (law) => {
    // A ReLU of a network has kinks, where the Taylor remainder has no order.
    const smooth = { conditioner: { kind: 'dense', hidden: 5, activation: 'tanh' } };
    const takesNetwork = 'conditioner' in (factory.metadata.options ?? {});
    const b = factory(takesNetwork ? smooth : {});
    const at = sample(b, [2, 3, 4], conditional ? { condition: [2, 3] } : {});
    expect(await broken(law, at)).toEqual([]);
    const back = reversed(at);
    if (law !== 'extremes') expect(await broken(law, back)).toEqual([]);
    freeSample(back);
  });

  test('is a layer that trains', async () => {
    const kind = layer(factory);
    expect(kind.Layer.className).toBe(factory.metadata.className);
    const x = tfl.input({ shape: [3, 4] });
    const c = tfl.input({ shape: [3] });
    // Before it stands a layer with weights, whose gradient has to come through it.
    const scaled = inn.pixelAffine().apply(x) as tfl.SymbolicTensor;
    const own = kind({ name });
    const y = own.apply(conditional ? [scaled, c] : scaled) as tfl.SymbolicTensor;
    const outputs = inn.gaussianLikelihood().apply(y) as tfl.SymbolicTensor;
    const model = tfl.model({ inputs: conditional ? [x, c] : x, outputs });
    model.compile({ optimizer: tf.train.sgd(0.01), loss: inn.nll });
    const data = tf.randomNormal([8, 3, 4], 0.5, 2, 'float32', 1);
    const batch = conditional ? [data, tf.randomNormal([8, 3], 0, 1, 'float32', 2)] : data;
    const step = async () => Number(await model.trainOnBatch(batch, tf.zeros([8, 1])));
    const weights = () => own.trainableWeights.map((v) => Array.from(v.read().dataSync()));
    const start = weights();
    const before = await step();
    if (start.length > 0) expect(weights()).not.toEqual(start);
    expect(await step()).toBeLessThan(before);
  });
});

describe('the examples of the docs run', () => {
  const sources = ['packages/core/src', 'packages/layers-tfjs/src'].flatMap((folder) =>
    readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${folder}/${file}`),
  );
  const examples = ['README.md', ...sources].flatMap((file) =>
    [...read(file).matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code], i): [string, string] => [
      `${file}, ${i + 1}`,
      code!.replaceAll(/^ \* ?/gm, ''),
    ]),
  );
  /** What an example has without importing it. */
  const given = { core, inn, tf, tfl };
  const here = process.cwd();
  /** Where examples write their files. */
  const folder = mkdtempSync(join(tmpdir(), 'invertible-'));

  beforeAll(async () => {
    core.registerKernels();
    await tf.setBackend('wasm');
    process.chdir(folder);
  });
  afterAll(() => {
    process.chdir(here);
    rmSync(folder, { recursive: true, force: true });
  });

  test('there are some', () => {
    expect(examples.length).toBeGreaterThan(15);
  });

  test.each(examples)('%s', async (_, code) => {
    const body = code
      .replaceAll(/^import \* as (\w+) from ('[^']+');.*$/gm, 'const $1 = require($2);')
      .replaceAll(/^import (\{[^}]+\}) from ('[^']+');.*$/gm, 'const $1 = require($2);')
      .replaceAll(/^import ('[^']+');.*$/gm, 'require($1);');
    const own = Object.keys(given).filter((name) => !body.includes(`const ${name} = require`));
    const { code: script } = transformSync(`async function example() {\n${body}\n}`, {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    });
    const run = new Function('require', ...own, `${script}; return example();`);
    await run((name: string) => require(name), ...own.map((name) => given[name as keyof typeof given]));
  });
});

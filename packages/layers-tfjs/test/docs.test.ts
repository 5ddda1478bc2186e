import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
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

describe('the layer of the contributor’s guide', () => {
  const [, code] = /```ts\n([\s\S]*?)```/.exec(read('CONTRIBUTING.md'))!;
  const folder = resolve(root, 'packages/core/src/bijections');
  const { code: script } = transformSync(code!, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  const exported = {} as { asinh: core.Factory<object> };
  new Function('require', 'exports', script)(
    (name: string) => require(name.startsWith('.') ? resolve(folder, name) : name),
    exported,
  );
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  test.each(Object.keys(laws) as LawName[])('keeps the law: %s', async (law) => {
    const at = sample(exported.asinh(), [2, 3, 4]);
    expect(await broken(law, at)).toEqual([]);
    const back = reversed(at);
    if (law !== 'extremes') expect(await broken(law, back)).toEqual([]);
    freeSample(back);
  });

  test('is a layer in one line', () => {
    const asinh = layer(exported.asinh);
    expect(asinh().getClassName()).toBe('InvertibleAsinh');
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

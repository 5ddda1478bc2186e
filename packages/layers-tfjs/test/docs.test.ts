import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as core from '@invertible/core';
import { broken, freeSample, type LawName, laws, reversed, sample } from '@invertible/core/testing';
import * as inn from '@invertible/layers-tfjs';
import { transformSync } from '@swc/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { factories } from '../tools/factories';
import { withTable } from '../tools/layers-table';
import { docblocks, programs, required } from './doc-pages';
import { complaints, guide } from './guide';

const root = resolve(__dirname, '../../..');
const read = (file: string) => readFileSync(resolve(root, file), 'utf8');

test('the table of layers is what the code says', () => {
  const page = read('docs/layers/index.md');
  expect(withTable(page)).toBe(page);
});

test('the factories are what the docblocks of core say', () => {
  // `npm run docs` writes them.
  expect(factories(root)).toBe(read('packages/layers-tfjs/src/factories.ts'));
});

describe('the examples of the contributor’s guide', () => {
  const { sources, modules } = guide();
  const zoo: Record<string, { options?: object; shapes?: number[][]; condition?: number[] }> = {
    asinh: {},
    asinhNorm: {},
    conditionalAsinh: { options: { hidden: 5, activation: 'tanh' }, condition: [3] },
    asinhCoupling: { options: { hidden: 5, activation: 'tanh' } },
    pairRotation: {},
    cyclicShift: {
      options: { by: 3 },
      shapes: [
        [2, 3, 4],
        [2, 4, 2, 2],
        [1, 2, 3, 2, 2],
      ],
    },
    twoTaps: {
      shapes: [
        [2, 3, 4],
        [1, 1, 4],
      ],
    },
  };
  const kinds = Object.fromEntries(
    Object.keys(sources)
      .filter((path) => path.includes('/bijections/'))
      .flatMap((path) => Object.entries(modules(path) as Record<string, core.Factory<object>>)),
  );
  const usual = [
    [3, 4],
    [2, 3, 4],
    [2, 2, 3, 4],
    [1, 2, 1, 2, 4],
  ];
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  test('are all of them', () => {
    expect(Object.keys(kinds).sort()).toEqual(Object.keys(zoo).sort());
  });

  test('have the types that they say', () => {
    expect(complaints(sources)).toEqual([]);
  });

  describe.each(Object.entries(zoo))('%s', (name, { options = {}, shapes = usual, condition }) => {
    const make = kinds[name]!;

    test.each(Object.keys(laws) as LawName[])('keeps the law: %s', async (law) => {
      for (const shape of shapes) {
        const given = condition && { condition: [shape[0]!, ...condition] };
        const at = sample(make(options), shape, given);
        expect(await broken(law, at)).toEqual([]);
        const back = reversed(at);
        if (law !== 'extremes') expect(await broken(law, back)).toEqual([]);
        freeSample(back);
      }
    });

    test('trains as a layer', async () => {
      const factory = inn.layer(make);
      const [batch, ...shape] = shapes[0]! as [number, ...number[]];
      const inputs = [shape, ...(condition ? [condition] : [])].map((s) => tfl.input({ shape: s }));
      const made = factory({ ...options, name: 'example' }).apply(condition ? inputs : inputs[0]!);
      // Likelihood alone does not tell rotations apart.
      const scaled = inn.actNorm().apply(made);
      const outputs = inn.gaussianLikelihood().apply(scaled) as tfl.SymbolicTensor;
      const model = tfl.model({ inputs, outputs });
      model.compile({ optimizer: tf.train.sgd(0.1), loss: inn.nll });
      const x = inputs.map(({ shape: [, ...s] }, k) =>
        tf.randomNormal([batch, ...(s as number[])], 0, 1, 'float32', k + 1),
      );
      const { weights } = model.getLayer('example');
      const before = weights.map((w) => Array.from(w.read().dataSync()));
      const losses = [];
      for (let step = 0; step < 2; step++) losses.push(await model.trainOnBatch(x, tf.zeros([batch, 1])));
      expect(losses.every(Number.isFinite)).toBe(true);
      const moved = weights.filter((w, i) => String(w.read().dataSync()) !== String(before[i]));
      expect(moved.length > 0).toBe(weights.length > 0);
      expect(model.getLayer('example').getClassName()).toBe(make.metadata.className);
    });
  });
});

describe('the examples of the docs run', () => {
  const examples = [...programs, ...docblocks];
  /** What an example has without importing it. */
  const given = { core, inn, tf, tfl, console: { log: () => {} } };
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
    const body = required(code);
    const own = Object.keys(given).filter((name) => !body.includes(`const ${name} = require`));
    const { code: script } = transformSync(`async function example() {\n${body}\n}`, {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    });
    const run = new Function('require', ...own, `${script}; return example();`);
    await run((name: string) => require(name), ...own.map((name) => given[name as keyof typeof given]));
  });
});

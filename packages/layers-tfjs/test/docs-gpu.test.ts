import { resolve } from 'node:path';
import { transformSync } from '@swc/core';
import { build } from 'esbuild';
import { noChromium, onPage } from '../../core/test/backends/chromium';
import { docblocks, programs, required } from './doc-pages';
import type { RunExamples } from './docs-page';

const root = resolve(__dirname, '../../..');
const all = [...programs, ...docblocks];

/** Steps of more weights than webgpu's addN takes, and more than webgl's takes without leaving some behind. */
const clipping = `
  const variables = Array.from({ length: 40 }, (_, k) => tf.variable(tf.scalar(k % 7)));
  const optimizer = inn.clipByGlobalNorm(tf.train.sgd(1), 1);
  const loss = () => tf.mul(0.5, variables.map((v) => tf.square(v)).reduce((a, b) => tf.add(a, b)));
  const step = () => optimizer.minimize(loss, false, variables);
  const norm = Math.hypot(...variables.map((_, k) => k % 7));
  step();
  const errors = await Promise.all(
    variables.map(async (v, k) => Math.abs((await v.data())[0] - (k % 7) * (1 - 1 / norm))),
  );
  if (!(Math.max(...errors) < 1e-5)) throw new Error('off by ' + Math.max(...errors));
  // Kernels may leave data behind that no tensor has.
  const count = () => [tf.memory().numTensors, tf.backend().numDataIds()];
  const before = count();
  for (let k = 0; k < 3; k++) step();
  if (String(count()) !== String(before)) throw new Error('tensors, data: ' + before + ', then ' + count());
`;
/** A density outside its support, which GPU backends tell without reading anything. */
const support = `
  const flow = inn.flow({ bijection: core.chain([core.logit(), core.affineCoupling({ hidden: 4 })]), shape: [2] });
  const x = flow.sample(64, { seed: 1 });
  const inside = await flow.logProb(x).data();
  const [outside, ...same] = await flow.logProb(tf.concat([tf.tensor2d([[0.5, 1.5]]), x])).data();
  if (outside !== -Infinity) throw new Error('outside: ' + outside);
  const off = Math.max(...same.map((v, i) => Math.abs(v - inside[i])));
  if (!(off === 0)) throw new Error('inside, off by ' + off);
`;
/** The gradient of conditions that are joined in a volume, against its sums. */
const joining = `
  const [volume, vector] = [tf.randomNormal([2, 3, 2, 4, 2], 0, 1, 'float32', 1), tf.randomNormal([2, 3], 0, 1, 'float32', 2)];
  const by = tf.randomNormal([2, 3, 2, 4, 5], 0, 1, 'float32', 3);
  const join = inn.joinConditions();
  const [d, dVector] = tf.grads((a, b) => tf.sum(tf.mul(by, join.call([a, b]))))([volume, vector]);
  const rows = await tf.reshape(by, [2, 24, 5]).array();
  const off = (t, of) => Math.max(...t.map((v, i) => Math.abs(v - of[i])));
  const expected = rows.flatMap((sample) => [2, 3, 4].map((k) => sample.reduce((sum, row) => sum + row[k], 0)));
  const errors = [off([...(await d.data())], rows.flat().flatMap((row) => row.slice(0, 2))), off([...(await dVector.data())], expected)];
  if (!(Math.max(...errors) < 1e-4)) throw new Error('off by ' + errors);
`;
all.push(
  ['clipping of 40 weights', clipping],
  ['a density outside its support', support],
  ['conditions joined in a volume', joining],
);

/** Shaders of a flow take webgpu's software driver up to a minute; the factories are core's kinds, whose own examples it runs. */
const examplesOn = (backend: string) =>
  backend === 'webgpu' ? all.filter(([name]) => !name.includes('/factories.ts')) : all;

/** The names that an example gives to its values. */
const namesIn = (code: string): string[] =>
  [...code.matchAll(/^(?:const|let) (\w+|[{[][^=]*[}\]]) =/gm)].flatMap(([, left = '']) =>
    left
      .replaceAll(/[{}[\] ]/g, '')
      .split(',')
      .map((part) => part.split(':').at(-1) ?? '')
      .filter(Boolean),
  );

/** An example as a function for the page: files are the browser's, the backend is that of the test. */
function functionOf(code: string, backend: string): string {
  const body = required(code)
    .replaceAll("'file://", "'indexeddb://")
    .replaceAll("setBackend('wasm')", `setBackend('${backend}')`);
  const own = ['core', 'inn', 'tf', 'tfl', 'console'].filter(
    (name) => !body.includes(`const ${name} = require`),
  );
  const { code: script } = transformSync(
    `async function example(require, { ${own.join(', ')} }) {\n${body}\nreturn { ${namesIn(body).join(', ')} };\n}`,
    { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } },
  );
  return `(() => { ${script}; return example; })()`;
}

async function script(): Promise<string> {
  const source = (file: string) => resolve(root, 'packages', file);
  const { outputFiles } = await build({
    entryPoints: [resolve(__dirname, 'docs-page.ts')],
    bundle: true,
    write: false,
    alias: {
      '@invertible/core/testing': source('core/src/testing/index.ts'),
      '@invertible/core': source('core/src/index.ts'),
      '@invertible/layers-tfjs': source('layers-tfjs/src/index.ts'),
    },
    external: ['node:*'],
  });
  return outputFiles[0]?.text ?? '';
}

describe.each(['webgpu', 'webgl'])('what the docs show, on %s in Chromium', (backend) => {
  const missing = noChromium();
  if (missing) {
    test.skip(`not tested: ${missing}`, () => {});
    return;
  }
  const examples = examplesOn(backend);
  let results: Awaited<ReturnType<RunExamples>> = {};
  beforeAll(async () => {
    const functions = examples.map(([name, code]) => `${JSON.stringify(name)}: ${functionOf(code, backend)}`);
    const js = `${await script()}\nglobalThis.examples = { ${functions.join(',\n')} };`;
    results = await onPage(js, (page) =>
      page.evaluate((name) => {
        const { runExamples, examples: own } = globalThis as unknown as {
          runExamples: RunExamples;
          examples: Parameters<RunExamples>[1];
        };
        return runExamples(name, own);
      }, backend),
    );
  }, 1_800_000);

  test.each(examples.map(([name]) => name))('%s', (name) => {
    expect(results[name]?.wrong).toEqual([]);
  });
});

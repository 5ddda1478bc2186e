import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type * as core from '@invertible/core';
import { broken, freeSample, type LawName, laws, reversed, sample } from '@invertible/core/testing';
import { transformSync } from '@swc/core';
import * as tf from '@tensorflow/tfjs-core';
import { layer } from '../src/layer';
import { withTable } from '../tools/layers-table';

const root = resolve(__dirname, '../../..');
const read = (file: string) => readFileSync(resolve(root, file), 'utf8');

test('the table of layers in the README is what the code says', () => {
  expect(withTable(read('README.md'))).toBe(read('README.md'));
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

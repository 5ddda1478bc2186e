import { spawnSync } from 'node:child_process';
import { tableOf } from '../tools/laws-table';
import { root } from './backends/root';
import { kinds } from './zoo';
import { nameOf } from './zoo/case';

const laws = (...args: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'packages/core/tools/laws.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
  });

test('a word runs the laws of what it matches on both backends of Node, and prints nothing else', () => {
  const { status, stdout, stderr } = laws('actnorm');
  expect([status, stderr]).toEqual([0, '']);
  const rows = stdout.split('\n').filter((line) => /^(reverse of )?actNorm on .*ok/.test(line));
  expect(rows).toHaveLength(2 * kinds.filter(({ of }) => of === 'actNorm').length);
  expect(stdout).toMatch(/^wasm: \d+ laws hold, 0 are broken, in [\d.]+ s$/m);
  expect(stdout).toMatch(/^cpu: \d+ laws hold, 0 are broken, in [\d.]+ s$/m);
});

test('an unknown word lists near names', () => {
  const { status, stderr } = laws('spilne');
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^Nothing is called spilne\. Near names: .*splineCoupling/),
  ]);
});

test('a broken law stands in the table, with its error and its bar', () => {
  const [at] = kinds;
  const error = 'inverse error: 1.0e-2, and the bar is 1.0e-5';
  const results = at!.laws.map((law) => ({
    of: at!.of,
    name: nameOf(at!),
    law,
    broken: law === 'inverse' ? [error] : [],
  }));
  const [, row, complaint] = tableOf([at!], results).split('\n');
  expect(row).toMatch(/^actNorm on 4 features +broken +ok +ok/);
  expect(complaint).toBe(`    inverse: ${error}`);
});

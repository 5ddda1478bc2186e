import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../../..');
let folder: string;
const npm = (args: string[], cwd: string) =>
  execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd, encoding: 'utf8' });

/** What a user's program does, in either module system. */
const program = `
  console.log(JSON.stringify([typeof core.reversible, typeof testing.peakBytes, inn.squeeze().getClassName()]));
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'invertible-'));
  npm(['pack', '-w', 'packages/core', '-w', 'packages/layers-tfjs', '--pack-destination', folder], root);
  writeFileSync(join(folder, 'package.json'), '{"private": true}');
  const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  expect(tarballs).toHaveLength(2);
  npm(
    [
      'install',
      ...tarballs.map((name) => `./${name}`),
      '@tensorflow/tfjs-backend-cpu@4.22.0',
      '@tensorflow/tfjs-core@4.22.0',
      '@tensorflow/tfjs-layers@4.22.0',
    ],
    folder,
  );
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  [
    'module',
    `import * as core from '@invertible/core';
     import * as testing from '@invertible/core/testing';
     import * as inn from '@invertible/layers-tfjs';`,
  ],
  [
    'commonjs',
    `const core = require('@invertible/core');
     const testing = require('@invertible/core/testing');
     const inn = require('@invertible/layers-tfjs');`,
  ],
])('the packed packages are imported from an empty folder as %s', (type, imports) => {
  const output = execFileSync('node', [`--input-type=${type}`, '-e', imports + program], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(JSON.parse(output)).toEqual(['function', 'function', 'InvertibleSqueeze']);
});

test('the laws run in node:test, which fails where one is broken', () => {
  writeFileSync(
    join(folder, 'laws.test.mjs'),
    `import { test } from 'node:test';
     import '@tensorflow/tfjs-backend-cpu';
     import '@tensorflow/tfjs-layers';
     import * as core from '@invertible/core';
     import { checkBijection } from '@invertible/core/testing';
     const { forward } = core.actNorm();
     const inverse = (...a) => {
       const { y, logDet } = forward(...a);
       return { x: y, logDet };
     };
     const spoiled = () => ({ ...core.actNorm(), inverse });
     test('sound', () => checkBijection(() => core.actNorm(), [3, 4]));
     test('spoiled', () => checkBijection(spoiled, [3, 4]));`,
  );
  const { status, stdout } = spawnSync('node', ['--test', '--test-reporter=tap', 'laws.test.mjs'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stdout).toMatch(/^\s*ok \d+ - sound$/m);
  expect(stdout).toMatch(/^\s*not ok \d+ - spoiled$/m);
  expect(stdout).toMatch(/a batch, inverse: inverse error: \d\.\de[+-]\d+, and the bar is 1\.0e-5/);
});

import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(__dirname, '../../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
let folder: string;
const npm = (args: string[], cwd: string) =>
  execFileSync('npm', [...args, '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], {
    cwd,
    encoding: 'utf8',
  });
const run = promisify(execFile);

/** What a user's program does, in either module system. */
const program = `
  console.log(JSON.stringify([typeof core.reversible, typeof testing.peakBytes, inn.squeeze().getClassName()]));
`;

/** What the README says to install, ours as they are packed. */
function toInstall(tarballs: readonly string[]): string[] {
  const [, named = ''] = /^npm install (@invertible\/core .*)$/m.exec(readme) ?? [];
  const [ours, others] = [tarballs.map((name) => `./${name}`), named.split(' ')];
  expect(others.filter((name) => name.startsWith('@invertible/'))).toHaveLength(ours.length);
  return [...ours, ...others.filter((name) => !name.startsWith('@invertible/'))];
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'invertible-'));
  npm(['pack', '-w', 'packages/core', '-w', 'packages/layers-tfjs', '--pack-destination', folder], root);
  writeFileSync(join(folder, 'package.json'), '{"private": true}');
  const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  expect(tarballs).toHaveLength(2);
  npm(['install', ...toInstall(tarballs)], folder);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The blocks of code of the README, and the same for CommonJS. */
const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);
const commonjs = (code: string): string => {
  const body = code
    .replaceAll(/^import \* as (\w+) from ('[^']+');/gm, 'const $1 = require($2);')
    .replaceAll(/^import (\{[^}]+\}) from ('[^']+');/gm, 'const $1 = require($2);')
    .replaceAll(/^import ('[^']+');/gm, 'require($1);');
  return `(async () => {\n${body}\n})();\n`;
};

describe('the blocks of the README, pasted into an empty folder', () => {
  const written = () =>
    blocks.map((code, k) => {
      writeFileSync(join(folder, `block-${k}.mjs`), code);
      writeFileSync(join(folder, `block-${k}.cjs`), commonjs(code));
      writeFileSync(join(folder, `block-${k}.mts`), `${code}export {};\n`);
      return `block-${k}`;
    });

  test('are several', () => {
    expect(blocks.length).toBeGreaterThan(4);
  });

  test.each(['mjs', 'cjs'])('run as .%s', async (extension) => {
    for (const name of written()) {
      // Rejects, with what it printed, where it ends by an error.
      const { stderr } = await run('node', [`${name}.${extension}`], { cwd: folder });
      expect(stderr).not.toMatch(/Error|warn/i);
    }
  });

  test('have the types that TypeScript asks for, strict', () => {
    const options = ['--strict', '--noEmit', '--skipLibCheck', '--target', 'es2022', '--module', 'nodenext'];
    const files = written().map((name) => `${name}.mts`);
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync('node', [tsc, ...options, ...files], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});

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

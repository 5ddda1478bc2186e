import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import resolveFromNode from '@rollup/plugin-node-resolve';
import { build } from 'esbuild';
import { rollup } from 'rollup';
import webpack from 'webpack';
import { programs, required } from '../../layers-tfjs/test/doc-pages';

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

const commonjs = (code: string): string => `(async () => {\n${required(code)}\n})();\n`;

describe('the blocks of the READMEs and the site, pasted into an empty folder', () => {
  const written = () =>
    programs.map(([, code], k) => {
      writeFileSync(join(folder, `block-${k}.mjs`), code);
      writeFileSync(join(folder, `block-${k}.cjs`), commonjs(code));
      writeFileSync(join(folder, `block-${k}.mts`), `${code}export {};\n`);
      return `block-${k}`;
    });

  test('are several', () => {
    expect(programs.length).toBeGreaterThan(8);
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

test.each(['core', 'layers-tfjs'])('the tarball of %s says what it is', (name) => {
  const files = readdirSync(join(folder, 'node_modules/@invertible', name));
  expect(files).toEqual(expect.arrayContaining(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist']));
  const { keywords, license } = JSON.parse(
    readFileSync(join(folder, 'node_modules/@invertible', name, 'package.json'), 'utf8'),
  );
  expect([keywords.includes('normalizing-flows'), license]).toEqual([true, 'MIT']);
});

describe('an app with a layer, a bundler, and tfjs beside it', () => {
  const isTfjs = /^@tensorflow\//;
  const app = `
    import '@tensorflow/tfjs-backend-cpu';
    import { registerKernels } from '@invertible/core';
    import { checkBijection } from '@invertible/core/testing';
    import { affineCoupling } from '@invertible/layers-tfjs';
    registerKernels();
    console.log(JSON.stringify([typeof checkBijection, affineCoupling().getClassName()]));`;
  const bundlers: Record<string, (entry: string, outfile: string) => Promise<unknown>> = {
    esbuild: (entry, outfile) =>
      build({
        entryPoints: [entry],
        outfile,
        bundle: true,
        format: 'esm',
        external: ['@tensorflow/*'],
        // Not the paths of this repository, which lead to the sources.
        tsconfigRaw: '{}',
      }),
    async rollup(entry, file) {
      // pure-rand is compiled with `this` of a module, which Rollup tells of.
      const onLog = (_: string, { code, message }: { code?: string | undefined; message: string }) => {
        if (code !== 'THIS_IS_UNDEFINED') throw new Error(message);
      };
      const bundle = await rollup({ input: entry, external: isTfjs, plugins: [resolveFromNode()], onLog });
      await bundle.write({ file, format: 'es' });
    },
    webpack: (entry, outfile) =>
      new Promise((done, failed) => {
        const output = { path: folder, filename: basename(outfile), library: { type: 'module' as const } };
        const externals = ({ request = '' }: { request?: string }, say: (_?: null, as?: string) => void) =>
          isTfjs.test(request) ? say(null, `module ${request}`) : say();
        const compiler = webpack({
          ...{ entry, context: folder, output, externals, mode: 'production' },
          ...{ target: 'es2022', experiments: { outputModule: true } },
        });
        compiler.run((error, stats) => {
          const wrong = error ?? stats?.toJson({ all: false, errors: true }).errors?.[0];
          if (wrong) failed(new Error(wrong.message));
          else compiler.close(done);
        });
      }),
  };

  test.each(Object.entries(bundlers))('%s', async (name, bundle) => {
    const [entry, outfile] = [join(folder, `app-${name}.mjs`), join(folder, `bundle-${name}.mjs`)];
    writeFileSync(entry, app);
    await bundle(entry, outfile);
    expect(readFileSync(outfile, 'utf8')).not.toMatch(/(^|;)import[^;\n]*["']@invertible/m);
    const { stdout } = await run('node', [outfile], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual(['function', 'InvertibleAffineCoupling']);
  });
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

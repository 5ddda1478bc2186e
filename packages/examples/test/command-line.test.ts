import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { listOf, oneOf, whole } from '../src/command-line';
import { type Ended, folder, run, scripts } from './kit';

const names = Object.keys(scripts);
const helpOf = (name: string) => readFileSync(join(folder, `help/${name.replace(':', '-')}.txt`), 'utf8');

let out: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'command-line-test-'));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

test.each(names.filter((name) => name !== 'demo'))(
  '%s helps, and refuses an unknown backend in one sentence',
  async (name) => {
    const [help, refused] = await Promise.all([
      run(name, ['--help']),
      run(name, ['--backend', 'foo', '--out', out]),
    ]);
    expect(help.stdout).toMatch(/--backend <name>/);
    checkHelp(name, help);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(
      /^--backend: expected one of tensorflow, webgpu, wasm, cpu, got foo\. .*\n$/,
    );
  },
);

test('demo helps', async () => checkHelp('demo', await run('demo', ['--help'])));

function checkHelp(name: string, help: Ended): void {
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toMatch(/^Usage: npm (start|run [\w:]+) --.*--out <folder>/s);
  expect(help.stdout).not.toMatch(/\(default: \[/);
  // Shown before anything is installed; `npm run docs` writes it.
  expect(helpOf(name)).toBe(help.stdout);
}

test('wrong options, and folders that cannot be written, are refused before anything is computed', async () => {
  writeFileSync(join(out, 'file'), '');
  const [option, place] = await Promise.all([
    run('mnist', ['--foo']),
    run('density2d', ['--out', join(out, 'file/inside'), '--backend', 'cpu']),
  ]);
  expect(option).toMatchObject({ code: 1, stdout: '' });
  expect(option.stderr).toMatch(/^error: unknown option '--foo'\nnpm start -- --help lists the options\.\n$/);
  expect(place).toMatchObject({ code: 1, stdout: '' });
  expect(place.stderr).toMatch(/^--out: expected a folder that can be written, got E\w+: .*\n$/);
});

test('the root runs every script, and shows its help with nothing installed', () => {
  const root = JSON.parse(readFileSync(join(folder, '../../package.json'), 'utf8'));
  for (const name of names) {
    const script = name === 'mnist' ? 'start' : name;
    expect(root.scripts[script]).toBe(`node tools/example.mjs ${name}`);
    expect(root.scripts[`pre${script}`]).toBeUndefined();
  }
  expect(readdirSync(join(folder, 'help')).length).toBe(names.length);
  const imports = ['example', 'ready'].flatMap((file) => {
    const text = readFileSync(join(folder, `../../tools/${file}.mjs`), 'utf8');
    return [...text.matchAll(/^import .* from '([^']+)';$/gm)].map(([, from]) => from);
  });
  expect(imports.every((from) => /^(node:|\.\/)/.test(from ?? ''))).toBe(true);
});

test('options are read, or refused with the reason', () => {
  expect(whole(1)('12')).toBe(12);
  expect(listOf(whole(0))('0,3')).toEqual([0, 3]);
  expect(listOf(oneOf(['a', 'b']))('b,a')).toEqual(['b', 'a']);
  for (const text of ['0', '1.5', 'x', '']) expect(() => whole(1)(text)).toThrow(InvalidArgumentError);
  expect(() => oneOf(['a', 'b'])('c')).toThrow('One of a, b.');
});

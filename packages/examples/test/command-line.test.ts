import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { listOf, oneOf, whole } from '../src/command-line';

const folder = join(__dirname, '..');
const { scripts }: { scripts: Record<string, string> } = JSON.parse(
  readFileSync(join(folder, 'package.json'), 'utf8'),
);

interface Ended {
  code: string | number;
  stdout: string;
  stderr: string;
}

/** Runs a script of the package over the sources, without a build. */
const run = (script: string, args: string[]): Promise<Ended> => {
  const [, ...words] = script.split(' ');
  const env = { ...process.env, TSX_TSCONFIG_PATH: join(folder, '../../tsconfig.json') };
  return new Promise((done) =>
    execFile(process.execPath, [...words, ...args], { cwd: folder, env }, (error, stdout, stderr) =>
      done({ code: error?.code ?? 0, stdout, stderr }),
    ),
  );
};

test.each(Object.entries(scripts))(
  '%s helps, and refuses an unknown backend in one sentence',
  async (_, script) => {
    const [help, refused] = await Promise.all([run(script, ['--help']), run(script, ['--backend', 'foo'])]);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: npm (start|run [\w:]+) --.*--out <folder>.*--backend <name>/s);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^--backend: expected one of .*wasm, cpu, got foo\. .*\n$/);
  },
);

test('options are read, or refused with the reason', () => {
  expect(whole(1)('12')).toBe(12);
  expect(listOf(whole(0))('0,3')).toEqual([0, 3]);
  expect(listOf(oneOf(['a', 'b']))('b,a')).toEqual(['b', 'a']);
  for (const text of ['0', '1.5', 'x', '']) expect(() => whole(1)(text)).toThrow(InvalidArgumentError);
  expect(() => oneOf(['a', 'b'])('c')).toThrow('One of a, b.');
});

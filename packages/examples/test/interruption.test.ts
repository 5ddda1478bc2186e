import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folder, node, run, words } from './kit';

let out: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'interruption-test-'));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Does something to the process once, a moment after it has printed so much: inside of a step, which nothing interrupts. */
function once(at: RegExp, act: (child: ChildProcess) => void) {
  let done = false;
  return {
    meanwhile: (child: ChildProcess, printed: string) => {
      if (done || !at.test(printed)) return;
      done = true;
      setTimeout(() => act(child), 300);
    },
  };
}

/** npm hands a signal on that the terminal has sent too: both come. */
const twice = (child: ChildProcess) => {
  child.kill('SIGINT');
  setTimeout(() => child.kill('SIGINT'), 5);
};

const unrolled = [
  '--problem',
  'tomography',
  '--iterations',
  '2',
  '--steps',
  '100000',
  '--converged',
  '3',
  '--deepest',
  '4',
];

test.each<[name: string, at: RegExp, args: string[]]>([
  ['mnist', /digits to train/, ['--images', '640', '--held-out', '10']],
  ['irim', /2 iterations/, [...unrolled, '--size', '16']],
  ['density2d', /seconds \|\n/, []],
  ['posterior', /couplings/, []],
  ['bench:chain', /of a chain/, ['--repeats', '1000']],
  ['bench:kernels', /forward/, ['--repeats', '1000']],
  ['bench:memory', /ratio/, ['--repeats', '1000', '--depths', '2']],
  ['bench:layers', /growth/, ['--repeats', '1000']],
])('Ctrl-C ends %s with a word', async (name, at, args) => {
  const where = ['--out', join(out, name.replace(':', '-')), '--backend', 'wasm'];
  const { code, stdout, stderr } = await run(name, [...args, ...where], once(at, twice));
  expect(stdout).toMatch(name === 'irim' ? /^Interrupted after \d+ of \d+ steps/m : /Interrupted\..*\n$/);
  expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
});

test('a second Ctrl-C, later, does not wait for what the first one left to do', async () => {
  let signals = 0;
  const signal = (child: ChildProcess) => {
    signals++;
    setTimeout(() => child.kill('SIGINT'), 600);
  };
  const meanwhile = (child: ChildProcess, printed: string) => {
    if (signals === 0 && printed.includes('2 iterations')) signal(child);
    if (signals === 1 && printed.includes('Interrupted after')) signal(child);
  };
  const args = [...unrolled, '--size', '40', '--out', join(out, 'twice'), '--backend', 'wasm'];
  const { code, stdout } = await run('irim', args, { meanwhile });
  expect({ code, last: stdout.trim().split('\n').at(-1) }).toEqual({ code: 130, last: 'Interrupted.' });
});

const noTerminal = spawnSync('script', ['--version']).status !== 0;
(noTerminal ? test.skip : test)('Ctrl-C on a terminal leaves the cursor shown', async () => {
  const command = [process.execPath, ...words('density2d'), '--out', join(out, 'tty')].join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: folder });
  let seen = '';
  let sent = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    seen += text;
    if (sent || !seen.includes('\u001b[?25l')) return;
    sent = true;
    setTimeout(() => child.stdin.write('\u0003'), 300);
  });
  const code = await new Promise((done) => child.on('close', done));
  expect(code).toBe(130);
  expect(seen).toContain('Interrupted.');
  expect(seen.lastIndexOf('\u001b[?25h')).toBeGreaterThan(seen.lastIndexOf('\u001b[?25l'));
});

test('a reader who leaves ends a command without a word', async () => {
  const args = ['--repeats', '3', '--out', join(out, 'pipe'), '--backend', 'wasm'];
  const leave = (child: ChildProcess) => child.stdout?.destroy();
  const { code, stderr } = await run('bench:kernels', args, once(/forward/, leave));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('an error that nobody catches is shown as it is, without the source of wasm', async () => {
  const program = `
    import { chooseBackend } from './src/backend.ts';
    await chooseBackend('wasm');
    setTimeout(() => { throw new Error('not caught'); });`;
  const { code, stderr } = await node(['--import', 'tsx', '--input-type=module', '-e', program]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/Error: not caught/);
  expect(stderr.length).toBeLessThan(1000);
});

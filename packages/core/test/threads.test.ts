import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '../../..');

/** What a process of its own prints as JSON. It must end by itself: nothing stops it but the limit of a minute. */
async function printed(body: string): Promise<unknown> {
  const folder = mkdtempSync(join(root, 'out-threads-'));
  const file = join(folder, 'main.mts');
  writeFileSync(
    file,
    `import { registerKernels } from '@invertible/core';
     import { enableThreads } from '@invertible/core/threads';
     import * as tf from '@tensorflow/tfjs';
     ${body}`,
  );
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', file], {
      ...{ cwd: root, timeout: 60_000 },
    });
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const step = (threads: number) => `
  const threads = await enableThreads({ threads: ${threads} });
  registerKernels();
  const x = tf.randomNormal([2, 20, 20, 8], 0, 1, 'float32', 1);
  const w = tf.randomNormal([3, 3, 8, 8], 0, 1, 'float32', 2);
  const a = tf.randomNormal([256, 256], 0, 1, 'float32', 3);
  const loss = (t) => tf.sum(tf.square(tf.conv2d(x, t, 1, 'same')));
  const dw = tf.grad(loss)(w);
  const numbers = [...dw.dataSync().slice(0, 20), ...tf.matMul(a, a).dataSync().slice(0, 20)];
  console.log(JSON.stringify({ threads, numbers }));`;

test('two threads give the numbers of one, and the process ends', async () => {
  const [two, one] = [await printed(step(2)), await printed(step(1))];
  expect(two).toMatchObject({ threads: 2 });
  expect(one).toEqual({ ...(two as object), threads: 1 });
});

test('threads are refused where wasm has started, and senseless numbers of them', async () => {
  const messages = await printed(`
    const refused = async (options) => enableThreads(options).then(() => 'not refused', (error) => error.message);
    const none = await refused({ threads: 0 });
    await enableThreads({ threads: 1 });
    console.log(JSON.stringify([none, await refused({ threads: 2 })]));`);
  expect(messages).toEqual([
    expect.stringMatching(/threads .*whole number from 1 to 8/),
    expect.stringMatching(/a wasm backend that has not started/),
  ]);
});

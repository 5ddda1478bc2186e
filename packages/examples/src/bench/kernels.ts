import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { record } from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import { Command } from 'commander';
import { runCommand, whole } from '../command-line';
import { finished, quantile } from '../measure';
import { report, writeJson } from '../report';

type Shape4D = [number, number, number, number];

interface Row {
  x: Shape4D;
  filter: Shape4D;
  /** Milliseconds, medians. */
  forward: number;
  inputGradient: number;
  filterGradient: number;
}

const shapes: Pick<Row, 'x' | 'filter'>[] = [
  { x: [8, 64, 64, 32], filter: [3, 3, 32, 32] },
  { x: [8, 64, 64, 32], filter: [1, 1, 32, 32] },
  { x: [1, 64, 64, 32], filter: [3, 3, 32, 32] },
  { x: [64, 14, 14, 2], filter: [3, 3, 2, 32] },
  { x: [64, 7, 7, 32], filter: [3, 3, 32, 16] },
];

/** Prepares a run, and returns the part of it that is timed. */
type Task = () => () => tf.Tensor;

/** Two runs that set the kernels up, then so many timed ones of each task, in turn. */
async function medians(tasks: readonly Task[], repeats: number): Promise<number[]> {
  const times = tasks.map((): number[] => []);
  for (let k = -2; k < repeats; k++) {
    for (const [i, prepare] of tasks.entries()) {
      await setImmediate();
      const run = prepare();
      const begun = performance.now();
      await finished({ tf }, [run()]);
      if (k >= 0) times[i]?.push(performance.now() - begun);
    }
  }
  return times.map((t) => quantile(t, 0.5));
}

async function measure({ x: xs, filter: ws }: Pick<Row, 'x' | 'filter'>, repeats: number): Promise<Row> {
  const x = tf.randomNormal<tf.Rank.R4>(xs);
  const w = tf.randomNormal<tf.Rank.R4>(ws);
  const dy = tf.randomNormal([xs[0], xs[1], xs[2], ws[3]]);
  const convolve = () => tf.conv2d(x, w, 1, 'same');
  const gradientOf = (input: tf.Tensor): Task => {
    return () => {
      const { y, pullback } = record(convolve);
      y.dispose();
      return () => pullback(dy, [input])[0] ?? tf.scalar(0);
    };
  };
  const [forward = 0, inputGradient = 0, filterGradient = 0] = await medians(
    [() => convolve, gradientOf(x), gradientOf(w)],
    repeats,
  );
  tf.dispose([x, w, dy]);
  return { x: xs, filter: ws, forward, inputGradient, filterGradient };
}

const over = (time: number, forward: number) => `${time.toFixed(1)} ms, ${(time / forward).toFixed(2)} ×`;

await runCommand(
  new Command('npm run bench:kernels --')
    .description('Time of a convolution and of its two gradients, in turn.')
    .option('--repeats <n>', 'timed runs of each', whole(1), 10),
  { out: 'out/kernels', files: 'table and JSON', backend: 'wasm' },
  async ({ repeats }: { repeats: number }, { out, backend }) => {
    const { table, write } = report();
    const show = table<Row>([
      ['x', (r) => r.x.join(' × ')],
      ['filter', (r) => r.filter.join(' × ')],
      ['forward', (r) => `${r.forward.toFixed(1)} ms`],
      ['input gradient', (r) => over(r.inputGradient, r.forward)],
      ['filter gradient', (r) => over(r.filterGradient, r.forward)],
    ]);
    const rows: Row[] = [];
    for (const shape of shapes) {
      const row = await measure(shape, repeats);
      rows.push(row);
      show(row);
    }
    write(out, 'kernels');
    writeJson(join(out, 'kernels.json'), { backend, rows });
  },
);

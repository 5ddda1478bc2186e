import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { Command } from 'commander';
import { listOption, oneOf, runCommand, type Setting, whole } from '../../command-line';
import { report, writeJson } from '../../report';
import { type Comparison, columns, compare } from './compare';
import { keptFigures, trainPeer } from './peer';
import type { Run } from './points';
import { type TaskName, taskNames, tasks } from './tasks';

interface Options {
  tasks: TaskName[];
  seeds: number[];
  steps: number;
  peer?: boolean;
  python: string;
}

const command = new Command('npm run bench:training --')
  .description(
    'Trains on the same points, in the same order and for as many steps as normflows, and compares held-out densities.',
  )
  .addOption(listOption('--tasks <list>', 'on which data', oneOf(taskNames), taskNames))
  .addOption(listOption('--seeds <list>', 'of weights and points', whole(0), [1, 2, 3]))
  .option('--steps <n>', 'of Adam, learning rate 1e-3', whole(1), 2000)
  .option(
    '--peer',
    'train with normflows too, instead of reading its figures: installs it for Python in the folder',
  )
  .option('--python <path>', 'the Python of --peer', 'python3');

async function run(options: Options, { out, backend }: Setting): Promise<void> {
  const runsOf = (task: TaskName): Run[] =>
    options.seeds.map((seed) => ({ task, seed, steps: options.steps, batch: tasks[task].batch }));
  const runs = options.tasks.flatMap(runsOf);
  const figures = options.peer ? trainPeer(runs, out, options.python) : keptFigures();
  const { print, table, write } = report();
  print(
    `Held out after ${options.steps} steps of Adam 1e-3, seeds ${options.seeds.join(', ')}, backend ${backend}.\n`,
  );
  const show = table(columns);
  const rows: Comparison[] = [];
  for (const task of options.tasks) {
    const row = await compare(runsOf(task), figures);
    rows.push(row);
    show(row);
  }
  write(out, 'training');
  writeJson(join(out, 'training.json'), { backend, tfjs: tf.version_core, steps: options.steps, rows });
  if (rows.some(({ verdict }) => verdict === 'worse')) process.exitCode = 1;
}

await runCommand<Options>(command, { out: 'out/training', files: 'table, JSON, points and the Python' }, run);

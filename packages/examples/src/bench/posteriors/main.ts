import { join } from 'node:path';
import { Command } from 'commander';
import { listOption, oneOf, runCommand, type Setting, whole } from '../../command-line';
import { progressBar } from '../../progress';
import { hasPython } from '../../python';
import { type Column, report, writeJson } from '../../report';
import { type References, references } from './references';
import { type TaskName, taskNames, tasks } from './tasks';
import { train } from './train';

interface Options {
  tasks: TaskName[];
  simulations: number;
  epochs?: number;
  observations: number;
  draws: number;
  seed: number;
  python: string;
  c2st: boolean;
}

const command = new Command('npm run bench:posteriors --')
  .description(
    'Learns the posteriors of sbibm, the benchmark of simulation-based inference, and has its classifier tell them from the reference.',
  )
  .addOption(listOption('--tasks <list>', `some of ${taskNames.join(', ')}`, oneOf(taskNames), taskNames))
  .option('--simulations <n>', 'pairs of parameters and data, one in ten held out', whole(10), 10_000)
  .option(
    '--epochs <n>',
    `passes over them (default: ${taskNames.map((name) => tasks[name].epochs).join(', ')})`,
    whole(1),
  )
  .option('--observations <n>', 'of the 10 of the benchmark, the first so many', whole(1), 10)
  .option('--draws <n>', 'from the posterior of each', whole(10), 10_000)
  .option('--seed <n>', 'of the simulations, weights and draws', whole(0), 1)
  .option(
    '--python <path>',
    'that runs the classifier: it fetches scikit-learn and sbibm into the folder',
    'python3',
  )
  .option('--no-c2st', 'train only: no Python');

interface Row {
  name: TaskName;
  heldOut: number;
  epoch: number;
  seconds: number;
  /** One for each observation. */
  c2st: number[];
}

const mean = (all: readonly number[]) => all.reduce((sum, v) => sum + v, 0) / all.length;
const columns: Column<Row>[] = [
  ['task', ({ name }) => name],
  ['C2ST, mean', ({ c2st }) => (c2st.length > 0 ? mean(c2st).toFixed(3) : '–')],
  [
    'least–most',
    ({ c2st }) => (c2st.length > 0 ? `${Math.min(...c2st).toFixed(3)}–${Math.max(...c2st).toFixed(3)}` : '–'),
  ],
  ['published NPE', ({ name }) => tasks[name].published.toFixed(3)],
  ['held out, nats', ({ heldOut }) => heldOut.toFixed(3)],
  ['epoch', ({ epoch }) => String(epoch)],
  ['seconds of training', ({ seconds }) => seconds.toFixed(0)],
];

/** Python with its packages, where there is one. */
function classifier({ c2st, python }: Options, folder: string): References | undefined {
  if (!c2st) return undefined;
  if (hasPython(python)) return references(folder, python);
  console.log(`No Python answers to ${python}: the posteriors are not compared with the reference.`);
  return undefined;
}

async function measured(name: TaskName, options: Options, compare: References | undefined): Promise<Row> {
  const bar = progressBar(`${name} {bar} {percentage} %`);
  bar.start(1, 0);
  const begun = performance.now();
  const { heldOut, epoch, draws } = await train(tasks[name], options, (done) => bar.update(done));
  const seconds = (performance.now() - begun) / 1000;
  bar.stop();
  const c2st: number[] = [];
  const observations = compare?.observations(name).slice(0, options.observations) ?? [];
  for (const [k, observation] of observations.entries()) {
    const theta = await draws(options.draws, observation, options.seed + k);
    c2st.push(compare?.c2st(name, k + 1, theta) ?? Number.NaN);
  }
  return { name, heldOut, epoch, seconds, c2st };
}

async function run(options: Options, { out, backend }: Setting): Promise<void> {
  const compare = classifier(options, out);
  const { print, table, write } = report();
  print(`${options.simulations} simulations, seed ${options.seed}, backend ${backend}.\n`);
  const show = table(columns);
  const rows: Row[] = [];
  for (const name of options.tasks) {
    const row = await measured(name, options, compare);
    rows.push(row);
    show(row);
  }
  write(out, 'posteriors');
  writeJson(join(out, 'posteriors.json'), { backend, options, rows });
}

await runCommand<Options>(command, { out: 'out/posteriors', files: 'table, JSON and the Python' }, run);

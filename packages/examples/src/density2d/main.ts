import { join } from 'node:path';
import * as core from '@invertible/core';
import { Command, Option } from 'commander';
import { listOption, oneOf, runCommand, type Setting, whole } from '../command-line';
import { progressBar } from '../progress';
import { writeFile } from '../raster';
import { type Column, report } from '../report';
import { kinds, layersOf } from './learner';
import { picture } from './picture';
import { gap, type Trained, type TrainOptions, train } from './train';

/** Those whose density is known: the gap is the divergence from it. */
const sets = {
  banana: core.banana,
  checkerboard: core.checkerboard,
  eightGaussians: core.eightGaussians,
  rings: core.rings,
};
const names = ['banana', 'checkerboard', 'eightGaussians', 'rings'] as const satisfies (keyof typeof sets)[];

interface Options extends TrainOptions {
  sets: (typeof names)[number][];
}

const command = new Command('npm run density2d --')
  .description('Fits couplings to densities on the plane and measures how far from the best they end.')
  .addOption(
    listOption('--sets <list>', `some of ${names.join(', ')}`, oneOf(names), ['banana', 'checkerboard']),
  )
  .option('--seconds <n>', 'training time for each', whole(1), 60)
  .option('--steps <n>', 'so many steps instead, the same on every machine', whole(1))
  .addOption(
    new Option('--coupling <kind>', 'what each coupling moves numbers by').choices(kinds).default('affine'),
  )
  .option('--layers <n>', 'couplings (default: 10 affine ones, 2 of splines)', whole(1))
  .option('--bins <n>', 'bins of each spline', whole(2), 16)
  .option('--hidden <n>', 'width of the hidden layers of each', whole(1), 64)
  .option('--batch <n>', 'points per step', whole(1), 512)
  .option('--seed <n>', 'seed of weights and points', whole(1), 1);

interface Row {
  name: string;
  data: core.Dataset;
  trained: Trained;
  gap: Awaited<ReturnType<typeof gap>>;
}

const nats = (n: number | null) => n?.toFixed(4) ?? '–';
const columns: Column<Row>[] = [
  ['density', ({ name }) => name],
  ['entropy, nats', ({ data }) => nats(data.entropy)],
  ['mean −log q', ({ data: { entropy }, gap }) => nats(entropy === null ? null : entropy + gap.mean)],
  ['gap to the entropy', ({ gap: { mean, error } }) => `${mean.toFixed(4)} ± ${error.toFixed(4)}`],
  ['steps', ({ trained }) => String(trained.steps)],
  ['seconds', ({ trained }) => trained.seconds.toFixed(0)],
];

async function run(options: Options, { out, backend }: Setting): Promise<void> {
  const { print, table, write } = report();
  const { coupling, hidden } = options;
  print(`${layersOf(options)} ${coupling} couplings of width ${hidden}, backend ${backend}.\n`);
  const show = table(columns);
  const rows: Row[] = [];
  for (const name of options.sets) {
    const data = sets[name]();
    const bar = progressBar(`${name} {bar} {percentage} %`);
    bar.start(1, 0);
    const trained = await train(data, options, (done) => bar.update(done));
    bar.stop();
    const row = { name, data, trained, gap: await gap(data, trained) };
    rows.push(row);
    show(row);
  }
  writeFile(join(out, 'density2d.png'), await picture(rows));
  write(out, 'density2d');
  console.log(`\nPicture and table: ${out}`);
}

await runCommand(command, { out: 'out/density2d', files: 'table and picture' }, run);

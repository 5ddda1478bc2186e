import { join } from 'node:path';
import { Command } from 'commander';
import { listOption, runCommand, type Setting, whole } from '../../command-line';
import { report, writeJson } from '../../report';
import { plot } from './plot';
import { recipes } from './recipes';
import { columns, measure, type Row } from './row';

interface Options {
  depths: number[];
  sizes: number[];
  batch: number;
  repeats: number;
}

const command = new Command('npm run bench:memory --')
  .description('Peak activation memory and time of a training step, reversible against stored activations.')
  .addOption(
    listOption(
      '--depths <list>',
      'numbers of couplings, at the first size',
      whole(1),
      [4, 8, 16, 32, 64, 128, 256],
    ),
  )
  .addOption(listOption('--sizes <list>', 'image sizes, at the second depth', whole(1), [16, 32, 64]))
  .option('--batch <n>', 'images per step', whole(1), 4)
  .option('--repeats <n>', 'timed steps of each kind, in turn', whole(1), 5);

async function run(options: Options, { out, backend }: Setting): Promise<void> {
  const { depths, sizes, batch } = options;
  const { print, table, write } = report();
  print(
    `Training step on [${batch}, size, size, 4], hidden 32, backend ${backend}. Peak activation bytes: what is`,
  );
  print(
    'alive beyond the weights and their gradients. Time ratio: reversible over stored, pairs in one run.',
  );
  const rows: Row[] = [];
  const [smallest = 16, ...larger] = sizes;
  const deeper = depths[1] ?? depths[0] ?? 4;
  const points = [
    ...depths.map((depth) => ({ depth, size: smallest })),
    ...larger.map((size) => ({ depth: deeper, size })),
  ];
  for (const named of Object.entries(recipes)) {
    print(`\n${named[0]}\n`);
    const show = table(columns);
    for (const point of points) {
      const row = await measure(named, point, options);
      rows.push(row);
      show(row);
    }
  }
  const couplings = rows.filter((r) => r.model === 'affine couplings');
  await plot(
    couplings.filter((r) => r.size === smallest),
    'depth',
    `Affine couplings on [${batch}, ${smallest}, ${smallest}, 4]`,
    join(out, 'memory-depth'),
  );
  await plot(
    couplings.filter((r) => r.depth === deeper),
    'size',
    `${deeper} affine couplings on [${batch}, size, size, 4]`,
    join(out, 'memory-size'),
  );
  write(out, 'memory');
  writeJson(join(out, 'memory.json'), { backend, batch, rows });
  console.log(`\nTable, JSON and plots: ${out}`);
}

await runCommand(command, { out: 'out/memory', files: 'table, JSON and plots' }, run);

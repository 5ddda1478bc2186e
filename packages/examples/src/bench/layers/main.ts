import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { refuse } from '@invertible/core';
import { Command } from 'commander';
import { runCommand, type Setting, whole } from '../../command-line';
import { present } from '../../libraries';
import { report, writeJson } from '../../report';
import * as against from './against';
import { entries } from './checkout';
import * as gradients from './gradients';
import { factoriesOf, shape } from './kinds';
import { thread } from './thread';

interface Options extends gradients.Sizes {
  against?: string;
}

const command = new Command('npm run bench:layers --')
  .description(
    'Time and peak activation memory of a training step for each kind of layer, reversible against stored.',
  )
  .argument('[kinds...]', 'only these kinds')
  .option('--against <folder>', 'compare with the layers of another checkout, built, instead')
  .option('--depth <n>', 'layers in the timed model', whole(1), 4)
  .option('--deep <n>', 'layers in the model whose memory is compared with that', whole(1), 64)
  .option('--batch <n>', 'images per step', whole(1), 8)
  .option('--repeats <n>', 'timed steps of each kind at least, in turn', whole(1), 12)
  .option('--seconds <n>', 'and for how long at least', whole(1), 1);

const factories = factoriesOf(present);

/** The kinds that were asked for, or all. */
function kinds(): string[] {
  const all = [...factories.keys()];
  const unknown = command.args.find((name) => !factories.has(name));
  if (unknown) refuse('bench:layers', `kinds among ${all.join(', ')}`, unknown, 'Leave them out for all.');
  return command.args.length > 0 ? command.args : all;
}

const where = ({ depth, batch }: Options, backend: string) =>
  `Training step through ${depth} layers on [${[batch, ...shape].join(', ')}], networks with hidden 32, backend ${backend}`;

async function againstStored(options: Options, { out, backend }: Setting): Promise<void> {
  const { print, table, write } = report();
  const chosen = kinds();
  print(`${where(options, backend)}; peak activation bytes:`);
  print(
    'what is alive beyond the weights and their gradients. Marked: a ratio above 1.33, a growth above 1.05.\n',
  );
  const show = table(gradients.columns(options));
  const rows = [];
  for (const name of chosen) {
    const make = factories.get(name);
    if (!make) continue;
    const row = await gradients.measure({ name, make, libraries: present }, options);
    rows.push(row);
    show(row);
  }
  write(out, 'layers');
  const { batch, depth, deep } = options;
  writeJson(join(out, 'layers.json'), { backend, batch, shape, depth, deep, rows });
  console.log(`\nTable and JSON: ${out}`);
}

async function againstCheckout(folder: string, options: Options, { out, backend }: Setting): Promise<void> {
  if (backend === 'webgpu')
    refuse('--against', 'a backend that runs in threads', backend, 'Take wasm, cpu or tensorflow.');
  const here = fileURLToPath(new URL('../../../../..', import.meta.url));
  for (const file of [here, folder].flatMap((checkout) => Object.values(entries(checkout)))) {
    if (!existsSync(file))
      refuse('--against', 'checkouts that are built', `no ${file}`, 'Run `npm run build` there.');
  }
  const chosen = kinds();
  const [own, other] = [thread(here, backend), thread(folder, backend)];
  const known = await other.ask('kinds');
  const { print, table, write } = report();
  print(`${where(options, backend)}: this checkout against ${folder}, steps in turn.`);
  print('Peak activation bytes. Marked: a median ratio above 1.02, a larger peak.\n');
  const show = table(against.columns);
  const rows = [];
  for (const kind of chosen.filter((name) => known.includes(name))) {
    const row = await against.compare(kind, own, other, options);
    rows.push(row);
    show(row);
  }
  await Promise.all([own.end(), other.end()]);
  const summary = against.summarize(rows);
  const { median, worst, largerPeaks } = summary;
  print(
    `\nMedian over ${rows.length} kinds ${median.toFixed(3)}, highest ${worst.kind} ${worst.ratio.toFixed(3)}; ` +
      `larger peaks: ${largerPeaks.join(', ') || 'none'}.`,
  );
  const missing = chosen.filter((name) => !known.includes(name));
  if (missing.length > 0) print(`Not in the other checkout: ${missing.join(', ')}.`);
  write(out, 'against');
  const { batch, depth } = options;
  writeJson(join(out, 'against.json'), { backend, batch, shape, depth, against: folder, summary, rows });
  console.log(`\nTable and JSON: ${out}`);
}

await runCommand(command, { out: 'out/layers', files: 'table and JSON' }, (options: Options, setting) =>
  options.against === undefined
    ? againstStored(options, setting)
    : againstCheckout(resolve(process.env.INIT_CWD ?? '', options.against), options, setting),
);

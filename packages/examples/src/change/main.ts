import { join } from 'node:path';
import { Command } from 'commander';
import { listOption, runCommand, type Setting, type Shared, whole } from '../command-line';
import { loadLandsat } from '../data/landsat';
import { quantile } from '../measure';
import { progressBar } from '../progress';
import { writeFile } from '../raster';
import { type Column, report, writeJson } from '../report';
import { channels, type Footprint, footprint, layers, ofTheTalk } from './memory';
import { memoryPlot, perVoxel } from './memory-plot';
import { picture } from './picture';
import { detect, type Result } from './train';

interface Options extends Shared {
  scenes: number;
  size: number;
  points: number;
  hidden: number;
  steps: number;
  sizes: number[];
  seed: number;
  resume?: boolean;
}

const rate = 0.01;

const command = new Command('npm run change --')
  .description(
    'Finds changes of land use between two satellite images from a few labelled pixels, by a hyperbolic network.',
  )
  .option('--scenes <n>', 'second dates, with labels and a network each', whole(1), 3)
  .option('--size <n>', 'pixels along each side, up to 160', whole(32), 64)
  .option('--points <n>', 'labelled pixels of each class', whole(1), 35)
  .option('--hidden <n>', `hidden channels of each of the ${layers} layers`, whole(1), 4)
  .option('--steps <n>', 'training steps, each on the whole volume', whole(1), 60)
  .addOption(
    listOption(
      '--sizes <list>',
      'sides of the cubes whose memory is measured, ascending',
      whole(4),
      [8, 12, 16, 24],
    ),
  )
  .option('--seed <n>', 'seed of the first scene; the others follow', whole(0), 1)
  .option('--resume', 'continue the run that the folder holds');

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

const columns: Column<Footprint>[] = [
  ['voxels', (f) => String(f.voxels)],
  ...(['reversible', 'stored', 'storedPeak'] as const).map(
    (name, i): Column<Footprint> => [
      ['reversible, peak', 'stored, after the forward pass', 'stored, peak'][i] ?? '',
      (f) => `${(f[name] / 1e6).toFixed(1)} MB, ${activations(f[name] / f.voxels)}`,
    ],
  ),
];
/** Bytes a voxel as activations of the hidden channels. */
const activations = (bytes: number): string => `${(bytes / channels / 4).toFixed(2)} activations`;

async function run(options: Options, { out, backend, interruption }: Setting): Promise<void> {
  const { scenes, size, points, hidden, steps, sizes, seed, resume } = options;
  const { print, table, write } = report();
  print(
    `Two dates of ${size} × ${size} pixels in 6 bands, ${points} labels a class · backend ${backend} · ${layers} hyperbolic layers of three ` +
      `convolved axes, hidden ${hidden}`,
  );
  const results: Result[] = [];
  const setting = { out, resume, interruption };
  const settings = { side: size, points, layers, hidden, steps, rate };
  for (let k = 0; k < scenes && !results.at(-1)?.interrupted; k++) {
    const result = await detect(loadLandsat(), seed + k, settings, { ...setting, later: k > 0 });
    print(`Scene ${result.seed}, intersection over union: ${words(result.iou)}`);
    results.push(result);
  }
  const [first] = results;
  if (first) writeFile(join(out, 'change.png'), picture(first.shown));
  const titles = Object.keys(first?.iou ?? {});
  const spread = Object.fromEntries(
    titles.map((t) => [t, quartilesOf(results.map((r) => r.iou[t] ?? Number.NaN))]),
  );
  print(`Over ${results.length} scenes, least, median and most: ${words(spread)}`);
  const interrupted = results.some((r) => r.interrupted);
  const measured = interrupted ? [] : await measure(sizes);
  const figures = { ...options, backend, results: results.map(({ shown, ...rest }) => rest), spread };
  if (measured.length > 1) {
    print(
      `\nTraining step of ${layers} layers with ${channels} hidden channels on a cube of two dates, an activation being [x, y, band, ${channels}]:\n`,
    );
    measured.forEach(table(columns));
    const carried = Object.fromEntries(
      (['reversible', 'stored', 'storedPeak'] as const).map((name) => [
        name,
        perVoxel(measured, name) * ofTheTalk,
      ]),
    );
    print(
      `\nOn 307 × 241 × 154 voxels: reversible ${gigabytes(carried.reversible ?? 0)}, stored ${gigabytes(carried.stored ?? 0)}, ` +
        `with what tfjs keeps besides ${gigabytes(carried.storedPeak ?? 0)}.`,
    );
    const title = `${layers} hyperbolic layers, ${channels} channels, two dates; crosses: 307 × 241 × 154`;
    writeFile(join(out, 'memory.png'), await memoryPlot(measured, title));
    Object.assign(figures, { memory: measured, atTheTalk: carried });
  }
  write(out, 'change');
  writeJson(join(out, 'summary.json'), figures);
  console.log(`Pictures and summary: ${out}`);
  if (interrupted) process.exitCode = 130;
}

async function measure(sizes: readonly number[]): Promise<Footprint[]> {
  const bar = progressBar('memory {bar} {value}/{total} cubes');
  bar.start(sizes.length, 0);
  const measured: Footprint[] = [];
  for (const n of sizes) {
    measured.push(await footprint(n));
    bar.increment();
  }
  bar.stop();
  return measured;
}

const quartilesOf = (values: number[]) => [0, 0.5, 1].map((q) => quantile(values, q));
const words = (of: Record<string, number | number[]>): string =>
  Object.entries(of)
    .map(
      ([title, v]) =>
        `${title} ${[v]
          .flat()
          .map((x) => x.toFixed(2))
          .join(' / ')}`,
    )
    .join(' · ');

await runCommand(command, { out: 'out/change', files: 'pictures and summary' }, run);

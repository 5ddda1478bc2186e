import { join, resolve } from 'node:path';
import * as core from '@invertible/core';
import '@tensorflow/tfjs-layers';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { chooseBackend } from '../backend';
import { whole } from '../options';
import { writeFile } from '../raster';
import { picture } from './picture';
import { gap, type TrainOptions, train } from './train';

/** Those whose density is known: the gap is the divergence from it. */
const sets = {
  banana: core.banana,
  checkerboard: core.checkerboard,
  eightGaussians: core.eightGaussians,
  rings: core.rings,
};
type SetName = keyof typeof sets;

const names = (text: string) => {
  const list = text.split(',');
  if (list.every((name): name is SetName => Object.hasOwn(sets, name))) return list;
  throw new InvalidArgumentError(`Some of ${Object.keys(sets).join(',')}.`);
};

interface Options extends TrainOptions {
  sets: SetName[];
  out: string;
  backend?: string;
}

const options = new Command('npm run density2d --')
  .description('Fits affine couplings to densities on the plane and measures how far from the best they end.')
  .option('--sets <list>', `some of ${Object.keys(sets).join(',')}`, names, ['banana', 'checkerboard'])
  .option('--seconds <n>', 'training time for each', whole(1), 60)
  .option('--steps <n>', 'so many steps instead, the same on every machine', whole(1))
  .option('--layers <n>', 'couplings', whole(1), 10)
  .option('--hidden <n>', 'width of the hidden layers of each', whole(1), 64)
  .option('--batch <n>', 'points per step', whole(1), 512)
  .option('--seed <n>', 'seed of weights and points', whole(1), 1)
  .option('--out <folder>', 'where table and picture go', 'out/density2d')
  .option('--backend <name>', 'wasm, cpu or tensorflow (default: the fastest present)')
  .parse()
  .opts<Options>();

const out = resolve(process.env.INIT_CWD ?? '', options.out);
const backend = await chooseBackend(options.backend);
const lines: string[] = [];
const print = (text: string) => {
  lines.push(text);
  console.log(text);
};
print(`RealNVP of ${options.layers} affine couplings of width ${options.hidden}, backend ${backend}.\n`);
print('| density | entropy, nats | mean −log q | gap to the entropy | steps | seconds |');
print('| --- | --- | --- | --- | --- | --- |');
const rows: Parameters<typeof picture>[0] = [];
for (const name of options.sets) {
  const data = sets[name]();
  const bar = new SingleBar({
    format: `${name} {bar} {percentage} %`,
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(1, 0);
  const trained = train(data, options, (done) => bar.update(done));
  bar.stop();
  const { mean, error } = await gap(data, trained);
  const { entropy } = data;
  const known = [entropy, entropy === null ? null : entropy + mean].map((n) => n?.toFixed(4) ?? '–');
  const measured = `${mean.toFixed(4)} ± ${error.toFixed(4)}`;
  print(`| ${[name, ...known, measured, trained.steps, trained.seconds.toFixed(0)].join(' | ')} |`);
  rows.push({ data, trained });
}
writeFile(join(out, 'density2d.png'), await picture(rows));
writeFile(join(out, 'density2d.md'), `${lines.join('\n')}\n`);
console.log(`\nPicture and table: ${out}`);

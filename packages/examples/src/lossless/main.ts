import { join } from 'node:path';
import { refuse } from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import { Command } from 'commander';
import { oneOf, runCommand, type Setting, type Shared, whole } from '../command-line';
import { firstOf, loadDigits } from '../mnist/data';
import { writeFile } from '../raster';
import { writeJson } from '../report';
import { compress, decompress, sizeOf } from './codec';
import { levelsOf } from './data';
import { couplings, integerFlow } from './flow';
import { otherCodecs } from './other-codecs';
import { picture } from './picture';
import { type TrainOptions, train } from './train';

interface Options extends TrainOptions, Shared {
  heldOut: number;
}

const command = new Command('npm run lossless --')
  .description(
    'Compresses held-out MNIST digits without loss by an integer discrete flow, and decodes them bit for bit.',
  )
  .option('--steps <n>', 'training steps', whole(1), 600)
  .option('--batch <n>', 'digits per step', whole(1), 32)
  .option('--coupling <kind>', `couplings, all exact: ${couplings.join(', ')}`, oneOf(couplings), 'additive')
  .option('--layers <n>', 'couplings at each of the two scales', whole(0), 2)
  .option('--hidden <n>', 'hidden channels of couplings and priors', whole(1), 32)
  .option('--held-out <n>', 'digits of the test set to compress', whole(1), 1000)
  .option('--seed <n>', 'seed of weights and batches', whole(0), 1)
  .option('--resume', 'go on from the checkpoint in the folder');

/** Digits of the picture. */
const shown = 10;

async function run(options: Options, { out, backend, interruption }: Setting): Promise<void> {
  const flow = integerFlow(options);
  const count = Object.values(flow.variables).reduce((sum, v) => sum + v.size, 0);
  console.log(
    `Integer discrete flow of MNIST · ${options.layers} ${options.coupling} couplings at each of 2 scales, ${count} weights · backend ${backend}`,
  );
  const { done, seconds, interrupted } = await train(flow, loadDigits('train'), options, {
    out,
    interruption,
  });

  const held = firstOf(loadDigits('test'), options.heldOut);
  const file = await compress(flow, held);
  writeFile(join(out, 'digits.rans'), file.bytes);
  const again = await decompress(flow, file);
  if (Buffer.compare(again.bytes, held.bytes) !== 0) {
    refuse(
      'lossless',
      'the digits again, bit for bit',
      'others',
      'The networks gave other bits the second time.',
    );
  }
  console.log(`${held.count} held-out digits decoded: ${held.bytes.length} pixels, all equal.`);
  const perPixel = (8 * sizeOf(file)) / held.bytes.length;
  const codecs = { 'integer flow and rANS': perPixel, ...otherCodecs(held) };
  for (const [codec, bits] of Object.entries(codecs)) console.log(`${bits.toFixed(3)} bits/pixel  ${codec}`);

  const digits = levelsOf(held, 0, shown);
  const bits = flow.bitsAtPixels(digits);
  const png = join(out, 'lossless.png');
  writeFile(png, await picture({ digits, bits, codecs }));
  const { out: _, resume: __, ...given } = options;
  writeJson(join(out, 'summary.json'), { ...given, backend, stepsDone: done, seconds, bitsPerPixel: codecs });
  console.log(`Picture: ${png}`);
  tf.dispose(Object.values(flow.variables));
  if (interrupted) process.exitCode = 130;
}

await runCommand(
  command,
  { out: 'out/lossless', files: 'checkpoint, compressed digits, picture and summary' },
  run,
);

import { join } from 'node:path';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import { Command } from 'commander';
import { runCommand, type Setting, whole } from '../command-line';
import { numberOf } from '../measure';
import { writeFile } from '../raster';
import { heldOutBatches, trainingBatches } from './batches';
import { newest } from './checkpoint';
import { firstOf, loadDigits } from './data';
import { compareMemory } from './memory';
import { bitsPerDim } from './model';
import { pictureOf } from './picture';
import { fresh, resume, type Shaping } from './start';
import { train } from './train';

interface Options extends Shaping {
  epochs: number;
  heldOut: number;
  resume?: boolean;
}

const command = new Command('npm start --')
  .description('Trains a normalizing flow on MNIST with model.fit, in memory that does not grow with depth.')
  .option('--epochs <n>', 'epochs to train in all', whole(1), 6)
  .option('--images <n>', 'digits per epoch; a pass over all 60,000 is cut into epochs', whole(1), 10_000)
  .option('--held-out <n>', 'digits of the test set for the final figure', whole(10), 10_000)
  .option('--batch <n>', 'digits per step', whole(2), 64)
  .option('--depth <n>', 'steps of flow at each of the two scales', whole(1), 4)
  .option('--hidden <n>', 'hidden channels of each coupling', whole(1), 32)
  .option('--seed <n>', 'seed of weights, order, noise and samples', whole(0), 1)
  .option('--resume', 'continue from the last checkpoint in --out');

async function run(options: Options, { out, backend, interruption }: Setting): Promise<void> {
  const { epochs, images, batch, depth, hidden, seed } = options;
  const digits = loadDigits('train');
  const test = firstOf(loadDigits('test'), options.heldOut);
  const some = firstOf(test, 1000);
  const shaping = { images, batch, depth, hidden, seed };
  const start = options.resume ? await resume(out, shaping) : fresh(out, shaping);
  const { model, progress } = start;
  model.compile({ optimizer: tf.train.adam(0.001), loss: inn.nll });
  await start.restore?.(model.optimizer);
  console.log(
    `MNIST: ${digits.count} digits to train, ${test.count} held out · backend ${backend} · ` +
      `${model.countParams()} weights · ${2 * depth} steps of flow`,
  );
  const interrupted = await train(start, {
    epochs,
    out,
    interruption,
    training: trainingBatches(digits, { images, batch, seed, epoch: progress.epoch }),
    heldOut: heldOutBatches(some, { batch: 100, seed }),
    steps: Math.ceil(Math.min(images, digits.count) / batch),
  });
  if (interrupted) {
    const next = newest(out) ? 'Continue with --resume.' : 'No epoch was finished: nothing is saved.';
    console.log(`Interrupted. ${next}`);
    process.exitCode = 130;
    return;
  }
  const [nats] = [await model.evaluateDataset(heldOutBatches(test, { batch: 100, seed }), {})].flat();
  const bits = nats ? bitsPerDim(await numberOf(nats)) : Number.NaN;
  console.log(`\nFinal: ${bits.toFixed(3)} bits/dim on ${test.count} held-out digits.`);
  await compareMemory(model, shaping);
  const file = join(out, 'digits.png');
  writeFile(file, await pictureOf(model, some, seed));
  console.log(`Picture: ${file}\nModel:   ${newest(out)}`);
}

await runCommand(command, { out: 'out/mnist', files: 'checkpoint and picture' }, run);

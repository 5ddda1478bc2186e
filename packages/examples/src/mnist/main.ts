import { join } from 'node:path';
import { Command } from 'commander';
import { positive, runCommand, type Setting, whole } from '../command-line';
import { writeJson } from '../report';
import { heldOutBatches, trainingBatches } from './batches';
import { newest } from './checkpoint';
import { firstOf, loadDigits } from './data';
import { judge } from './judge';
import { compareMemory } from './memory';
import { minutes, night, type Settings, settingsOf } from './settings';
import { fresh, resume } from './start';
import { train } from './train';

interface Options extends Partial<Settings> {
  seed: number;
  heldOut: number;
  long?: boolean;
  resume?: boolean;
}

/** Two defaults in the words of the help. */
const eitherOf = (name: keyof typeof minutes) => `(default: ${minutes[name]}, ${night[name]} with --long)`;

const command = new Command('npm start --')
  .description(
    'Trains a normalizing flow of handwritten digits given their class, on MNIST with flow.fitDataset, in memory that does not grow with depth.',
  )
  .option('--long', 'a larger flow, for a night')
  .option('--epochs <n>', `epochs to train in all ${eitherOf('epochs')}`, whole(1))
  .option(
    '--images <n>',
    `digits per epoch; a pass over all 60,000 is cut into epochs ${eitherOf('images')}`,
    whole(1),
  )
  .option('--batch <n>', `digits per step ${eitherOf('batch')}`, whole(2))
  .option('--fine <n>', `steps of flow at 14 × 14 pixels ${eitherOf('fine')}`, whole(1))
  .option('--coarse <n>', `steps of flow at 7 × 7 pixels ${eitherOf('coarse')}`, whole(1))
  .option('--hidden <n>', `hidden channels of each coupling ${eitherOf('hidden')}`, whole(1))
  .option('--rate <x>', `highest learning rate ${eitherOf('rate')}`, positive)
  .option('--held-out <n>', 'digits of the test set for the final figure', whole(10), 10_000)
  .option('--seed <n>', 'seed of weights, order, noise and samples', whole(0), 1)
  .option('--resume', 'continue from the last checkpoint in --out');

async function run(
  { resume: goOn, heldOut, ...given }: Options,
  { out, backend, interruption }: Setting,
): Promise<void> {
  const { images, batch, fine, coarse, hidden, rate, seed, epochs } = settingsOf(given);
  const shaping = { images, batch, fine, coarse, hidden, rate, seed };
  const digits = loadDigits('train');
  const test = firstOf(loadDigits('test'), heldOut);
  const some = firstOf(test, 500);
  const start = goOn ? await resume(out, shaping) : fresh(out, shaping);
  const { flow, progress } = start;
  console.log(
    `MNIST: ${digits.count} digits to train, ${test.count} held out · backend ${backend} · ` +
      `${flow.model.countParams()} weights · ${fine + coarse} steps of flow`,
  );
  const training = trainingBatches(digits, { images, batch, seed, epoch: progress.epoch });
  const interrupted = await train(start, {
    ...{ epochs, rate, out, interruption, training },
    heldOut: heldOutBatches(some, { batch: 100, seed }),
    steps: Math.ceil(Math.min(images, digits.count) / batch),
  });
  if (interrupted) {
    const next = newest(out) ? 'Continue with --resume.' : 'No epoch was finished: nothing is saved.';
    console.log(`Interrupted. ${next}`);
    process.exitCode = 130;
    return;
  }
  const memory = await compareMemory(start, heldOutBatches(some, { batch, seed }), shaping);
  const figures = await judge(flow, test, { out, seed });
  writeJson(join(out, 'summary.json'), {
    options: { ...shaping, epochs, heldOut: test.count },
    backend,
    history: progress.history,
    ...figures,
    peakActivationBytes: { reversible: memory.reversible.activations, stored: memory.stored.activations },
  });
  console.log(
    `Picture: ${join(out, 'digits.png')}\nFigures: ${join(out, 'summary.json')}\nModel:   ${newest(out)}`,
  );
}

await runCommand(command, { out: 'out/mnist', files: 'checkpoint, picture and figures' }, run);

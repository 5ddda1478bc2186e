import { join, resolve } from 'node:path';
import { InvertibleError, refuse } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { chooseBackend } from '../backend';
import { megabytes, memoryOfStep } from '../measure';
import { whole } from '../options';
import { picture } from '../picture';
import { writeFile } from '../raster';
import { heldOutBatches, trainingBatches } from './batches';
import { loadCheckpoint, newest, type Progress, saveCheckpoint } from './checkpoint';
import { type Digits, firstOf, loadDigits, side } from './data';
import { bitsPerDim, buildFlow } from './model';

interface Options {
  epochs: number;
  images: number;
  heldOut: number;
  batch: number;
  depth: number;
  hidden: number;
  seed: number;
  out: string;
  resume?: boolean;
  backend?: string;
}

const program = new Command('npm start --')
  .description('Trains a normalizing flow on MNIST with model.fit, in memory that does not grow with depth.')
  .option('--epochs <n>', 'epochs to train in all', whole(1), 6)
  .option('--images <n>', 'digits per epoch; a pass over all 60,000 is cut into epochs', whole(1), 10_000)
  .option('--held-out <n>', 'digits of the test set for the final figure', whole(10), 10_000)
  .option('--batch <n>', 'digits per step', whole(2), 64)
  .option('--depth <n>', 'steps of flow at each of the two scales', whole(1), 4)
  .option('--hidden <n>', 'hidden channels of each coupling', whole(1), 32)
  .option('--seed <n>', 'seed of weights, order, noise and samples', whole(0), 1)
  .option('--out <folder>', 'where checkpoint and picture go', 'out/mnist')
  .option('--resume', 'continue from the last checkpoint in --out')
  .option('--backend <name>', 'wasm, cpu or tensorflow (default: the fastest present)');

async function run(options: Options): Promise<void> {
  const { epochs, images, batch, depth, hidden, seed } = options;
  // npm runs a workspace's script in its own folder; paths are meant from where the user stood.
  const out = resolve(process.env.INIT_CWD ?? '', options.out);
  const backend = await chooseBackend(options.backend);
  const train = loadDigits('train');
  const test = firstOf(loadDigits('test'), options.heldOut);
  const some = firstOf(test, 1000);
  const shaping = { images, batch, depth, hidden, seed };

  const { model, progress, restore } = options.resume ? await resume(out, shaping) : fresh(out, shaping);
  model.compile({ optimizer: tf.train.adam(0.001), loss: inn.nll });
  await restore?.(model.optimizer);
  console.log(
    `MNIST: ${train.count} digits to train, ${test.count} held out · backend ${backend} · ` +
      `${model.countParams()} weights · ${2 * depth} steps of flow`,
  );
  const interrupted = await fit(model, progress, epochs, out, {
    training: trainingBatches(train, { images, batch, seed, epoch: progress.epoch }),
    heldOut: heldOutBatches(some, { batch: 100, seed }),
    steps: Math.ceil(Math.min(images, train.count) / batch),
  });
  if (interrupted) {
    console.log(
      `Interrupted. ${newest(out) ? 'Continue with --resume.' : 'No epoch was finished: nothing is saved.'}`,
    );
    process.exitCode = 130;
    return;
  }
  const nats = await model.evaluateDataset(heldOutBatches(test, { batch: 100, seed }) as never, {});
  console.log(`\nFinal: ${bitsPerDim(value(nats)).toFixed(3)} bits/dim on ${test.count} held-out digits.`);
  await compareMemory(model, shaping);
  const file = join(out, 'digits.png');
  writeFile(file, draw(model, await firstDigits(some, seed), seed));
  console.log(`Picture: ${file}\nModel:   ${newest(out)}`);
}

type Shaping = Record<'images' | 'batch' | 'depth' | 'hidden' | 'seed', number>;
interface Start {
  model: tfl.Sequential;
  progress: Progress;
  restore?: (optimizer: tf.Optimizer) => Promise<void>;
}

function fresh(out: string, options: Shaping): Start {
  if (newest(out)) {
    refuse(
      '--out',
      'a folder without a checkpoint',
      newest(out)!,
      'Continue it with --resume, or choose another folder.',
    );
  }
  return { model: buildFlow(options), progress: { epoch: 0, options, history: [] } };
}

async function resume(out: string, options: Shaping): Promise<Start> {
  const path = newest(out);
  if (!path) {
    refuse(
      '--resume',
      `a checkpoint in ${out}`,
      'none',
      'Start without --resume, or say with --out where it is.',
    );
  }
  const start = await loadCheckpoint(path);
  for (const [name, now] of Object.entries(options)) {
    const then = start.progress.options[name];
    if (then !== now) {
      refuse(
        '--resume',
        `--${name} ${then}, as it began`,
        `--${name} ${now}`,
        'Give the same options, or another --out.',
      );
    }
  }
  return start;
}

interface Plan {
  training: Parameters<tfl.Sequential['fitDataset']>[0];
  heldOut: Parameters<tfl.Sequential['fitDataset']>[0];
  steps: number;
}

/** Trains with a progress bar and a checkpoint after each epoch; true when it was interrupted. */
async function fit(
  model: tfl.Sequential,
  progress: Progress,
  epochs: number,
  out: string,
  { training, heldOut, steps }: Plan,
): Promise<boolean> {
  if (progress.epoch >= epochs) return false;
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
    model.stopTraining = true;
  };
  process.on('SIGINT', interrupt);
  const bar = new SingleBar({
    format: 'epoch {epoch} {bar} {value}/{total} steps · {loss} bits/dim · {eta_formatted} left',
    clearOnComplete: true,
    hideCursor: true,
  });
  let begun = 0;
  let mean = 0;
  await model.fitDataset(training, {
    epochs,
    initialEpoch: progress.epoch,
    verbose: 0,
    validationData: heldOut,
    callbacks: {
      onEpochBegin: async (epoch) => {
        begun = performance.now();
        mean = 0;
        bar.start(steps, 0, { epoch: epoch + 1, loss: '–' });
      },
      onBatchEnd: async (step, logs) => {
        mean += (logs!.loss! - mean) / (step + 1);
        bar.update(step + 1, { loss: bitsPerDim(mean).toFixed(3) });
      },
      onEpochEnd: async (epoch, logs) => {
        bar.stop();
        if (interrupted) return;
        const [train, test] = [bitsPerDim(logs!.loss!), bitsPerDim(logs!.val_loss!)];
        progress.history.push({ train, test });
        progress.epoch = epoch + 1;
        await saveCheckpoint(out, model, progress);
        const seconds = ((performance.now() - begun) / 1000).toFixed(0);
        console.log(
          `epoch ${epoch + 1}/${epochs}: ${train.toFixed(3)} bits/dim in training, ${test.toFixed(3)} held out, ${seconds} s`,
        );
      },
    },
  });
  process.off('SIGINT', interrupt);
  return interrupted;
}

const value = (scalar: tf.Scalar | tf.Scalar[]): number => {
  const one = Array.isArray(scalar) ? scalar[0]! : scalar;
  const n = one.dataSync()[0]!;
  tf.dispose(scalar);
  return n;
};

async function firstDigits(digits: Digits, seed: number): Promise<tf.Tensor> {
  const dataset = heldOutBatches(digits, { batch: 20, seed }) as unknown as {
    iterator(): Promise<{ next(): Promise<{ value: { xs: tf.Tensor } }> }>;
  };
  return (await (await dataset.iterator()).next()).value.xs;
}

/** The same flow with the same weights, once reversible, once with the activations stored by tfjs. */
async function compareMemory(model: tfl.Sequential, options: Shaping): Promise<void> {
  const x = tf.randomUniform([options.batch, ...(model.inputs[0]!.shape.slice(1) as number[])]);
  const twin = buildFlow({ ...options, gradient: 'stored' });
  twin.setWeights(model.getWeights());
  const [reversible, stored] = [await memoryOfStep(model, x), await memoryOfStep(twin, x)];
  const times = (stored.activations / reversible.activations).toFixed(1);
  console.log(
    `Peak activation memory of a training step: ${megabytes(reversible.activations)}; ` +
      `stock gradients of the same flow: ${megabytes(stored.activations)}, ${times} times as much.`,
  );
  x.dispose();
}

function draw(model: tfl.Sequential, real: tf.Tensor, seed: number): Buffer {
  const images = tf.tidy(() => {
    const { z } = inn.flowForward(model, real);
    const noise = tf.randomNormal([40, ...z.shape.slice(1)], 0, 1, 'float32', seed + 1);
    return {
      real: real.dataSync() as Float32Array,
      again: inn.flowInverse(model, z).x.dataSync() as Float32Array,
      samples: inn.flowInverse(model, noise).x.dataSync() as Float32Array,
    };
  });
  real.dispose();
  return picture(
    [
      { title: 'Held-out digits', images: images.real },
      { title: 'The same, through the flow and back', images: images.again },
      { title: 'Samples of the flow', images: images.samples },
    ],
    { side },
  );
}

await run(program.parse().opts<Options>()).catch((error: unknown) => {
  console.error(error instanceof InvertibleError ? error.message : error);
  process.exitCode = 1;
});

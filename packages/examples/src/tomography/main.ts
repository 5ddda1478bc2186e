import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  InvertibleError,
  type LinearOperator,
  landweber,
  radonOperator,
  refuse,
  squaredNorm,
} from '@invertible/core';
import { activationBytes } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { chooseBackend } from '../backend';
import { megabytes } from '../measure';
import { whole } from '../options';
import { picture } from '../picture';
import { writeFile } from '../raster';
import { phantoms } from './phantoms';
import { type Solver, solver } from './solver';

interface Options {
  steps: number;
  batch: number;
  iterations: number;
  hidden: number;
  memory: number;
  size: number;
  angles: number;
  seed: number;
  out: string;
  backend?: string;
}

const program = new Command('npm run irim --')
  .description(
    'Trains an invertible recurrent inference machine on limited-angle tomography of random phantoms.',
  )
  .option('--steps <n>', 'training steps', whole(1), 400)
  .option('--batch <n>', 'phantoms per step, drawn anew', whole(1), 8)
  .option(
    '--iterations <n>',
    'iterations of the machine: one use of the operator and of its adjoint each',
    whole(1),
    8,
  )
  .option('--hidden <n>', 'hidden channels of each coupling', whole(1), 16)
  .option('--memory <n>', 'channels of memory beside the image', whole(1), 7)
  .option('--size <n>', 'pixels along each side', whole(8), 32)
  .option('--angles <n>', 'angles, over 120 of the 180 degrees', whole(1), 20)
  .option('--seed <n>', 'seed of weights, phantoms and noise', whole(0), 1)
  .option('--out <folder>', 'where picture and summary go', 'out/irim')
  .option('--backend <name>', 'wasm, cpu or tensorflow (default: the fastest present)');

/** Deviation of the noise, as a part of the root mean square of the data. */
const noise = 0.02;

async function run(options: Options): Promise<void> {
  const { steps, batch, iterations, hidden, memory, size, seed } = options;
  // npm runs a workspace's script in its own folder; paths are meant from where the user stood.
  const out = resolve(process.env.INIT_CWD ?? '', options.out);
  const backend = await chooseBackend(options.backend);
  const angles = Array.from(
    { length: options.angles },
    (_, k) => ((k + 0.5) / options.angles - 0.5) * (2 / 3) * Math.PI,
  );
  const operator = radonOperator({ angles, size });
  const norm = squaredNorm(operator, [1, size, size, 1], { iterations: 50 });
  const step = 1 / (await norm.data())[0]!;
  norm.dispose();

  const training = measured(operator, size, 2 * seed);
  const held = measured(operator, size, 2 * seed + 1)(64);
  const first = training(64);
  const shaping = { operator, hidden, memory, seed, step, first: first.d };
  const machine = solver({ ...shaping, iterations });
  const count = machine.variables.reduce((sum, v) => sum + v.size, 0);
  console.log(
    `Tomography of ${size} × ${size} phantoms from ${angles.length} angles over 120°, ${100 * noise} % noise · ` +
      `backend ${backend} · i-RIM of ${iterations} iterations, ${count} weights`,
  );
  const begun = performance.now();
  const { done, interrupted } = await train(machine, () => training(batch), steps);
  const seconds = (performance.now() - begun) / 1000;

  const solutions = {
    'Adjoint, scaled': landweber(operator, held.d, { steps: 1, step }),
    // The first step from zero is the adjoint alone.
    [`Landweber, ${iterations} more steps`]: landweber(operator, held.d, { steps: iterations + 1, step }),
    'Landweber, 200 steps': landweber(operator, held.d, { steps: 200, step }),
    [`i-RIM, ${iterations} iterations`]: machine.solve(held.d),
  };
  const blocks = [{ title: 'Held-out phantoms', images: await firstOf(held.x) }];
  const psnr: Record<string, number> = {};
  for (const [title, x] of Object.entries(solutions)) {
    psnr[title] = await decibels(x, held.x);
    const line = `${title}: ${psnr[title].toFixed(2)} dB`;
    console.log(line);
    blocks.push({ title: line, images: await firstOf(x) });
  }
  const error = machine.inverseError(held.d);
  const inverseError = (await error.data())[0]!;
  console.log(
    `PSNR is the mean of ${held.x.shape[0]} phantoms. Back through the machine: relative error ${inverseError.toExponential(1)}.`,
  );
  const four = solver({ ...shaping, iterations: 4 * iterations });
  const some = training(batch);
  const bytes = [await memoryOf(machine, some), await memoryOf(four, some)] as const;
  console.log(
    `Peak activation memory of a training step: ` +
      `${megabytes(bytes[0])} with ${iterations} iterations, ${megabytes(bytes[1])} with ${4 * iterations}.`,
  );
  const file = join(out, 'tomography.png');
  writeFile(file, picture(blocks, { side: size, columns: shown, zoom: Math.max(1, Math.round(64 / size)) }));
  const { out: _, ...given } = options;
  const summary = {
    ...given,
    backend,
    stepsDone: done,
    seconds,
    psnr,
    inverseError,
    peakActivationBytes: bytes,
  };
  writeFile(join(out, 'summary.json'), `${JSON.stringify(summary, null, 1)}\n`);
  console.log(`Picture: ${file}`);
  operator.dispose();
  if (interrupted) process.exitCode = 130;
}

interface Measured {
  x: tf.Tensor4D;
  d: tf.Tensor;
}

/** Phantoms and their noisy data, other ones at every call. */
function measured(operator: LinearOperator, size: number, seed: number): (count: number) => Measured {
  const draw = phantoms(seed);
  let calls = 0;
  return (count) =>
    tf.tidy(() => {
      const x = draw(count, size);
      const clean = operator.apply(x);
      const deviation = tf.mul(tf.sqrt(tf.mean(tf.square(clean))), noise);
      const grain = tf.randomNormal(clean.shape, 0, 1, 'float32', 1e5 * (seed + 1) + calls++);
      return { x, d: tf.add(clean, tf.mul(grain, deviation)) };
    });
}

/** Trains with a progress bar until all steps are done or Ctrl-C asks for the end: what was learnt is kept. */
async function train(
  machine: Solver,
  next: () => Measured,
  steps: number,
): Promise<{ done: number; interrupted: boolean }> {
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
  };
  process.on('SIGINT', interrupt);
  const bar = new SingleBar({
    format: 'training {bar} {value}/{total} steps · {db} dB · {eta_formatted} left',
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(steps, 0, { db: '–' });
  let mean = 0;
  let done = 0;
  try {
    while (done < steps && !interrupted) {
      const { x, d } = next();
      const loss = machine.learn(x, d);
      const value = (await loss.data())[0]!;
      tf.dispose([x, d, loss]);
      if (!Number.isFinite(value)) {
        refuse(
          'training',
          'a finite error',
          `${value} at step ${done + 1}`,
          'Try another --seed or a larger --batch.',
        );
      }
      done++;
      mean += (value - mean) / Math.min(done, 30);
      bar.update(done, { db: (-10 * Math.log10(mean)).toFixed(1) });
      // Lets a signal through.
      await setImmediate();
    }
  } finally {
    bar.stop();
    process.off('SIGINT', interrupt);
  }
  console.log(
    interrupted
      ? `Interrupted after ${done} steps; what follows is of these.`
      : `Trained ${done} steps; mean of the last: ${(-10 * Math.log10(mean)).toFixed(2)} dB`,
  );
  return { done, interrupted };
}

/** Mean over the images of the peak signal-to-noise ratio, of numbers within [0, 1]. */
async function decibels(x: tf.Tensor, truth: tf.Tensor): Promise<number> {
  const mean = tf.tidy(() => {
    const errors = tf.mean(tf.square(tf.sub(x, truth)), [1, 2, 3]);
    return tf.mean(tf.mul(tf.log(errors), -10 / Math.LN10));
  });
  const value = (await mean.data())[0]!;
  mean.dispose();
  return value;
}

/** Images of a row of the picture. */
const shown = 8;
const firstOf = async (x: tf.Tensor): Promise<Float32Array> => {
  const row = tf.slice(x, 0, Math.min(shown, x.shape[0]!));
  const values = (await row.data()) as Float32Array;
  row.dispose();
  return values;
};

async function memoryOf(machine: Solver, { x, d }: Measured): Promise<number> {
  const step = () => {
    const { value, grads } = tf.variableGrads(
      () => tf.losses.meanSquaredError(x, machine.solve(d)) as tf.Scalar,
      machine.variables,
    );
    value.dispose();
    return Object.values(grads);
  };
  tf.dispose(step());
  return (await activationBytes(step)).activations;
}

await run(program.parse().opts<Options>()).catch((error: unknown) => {
  console.error(error instanceof InvertibleError ? error.message : error);
  process.exitCode = 1;
});

import { join } from 'node:path';
import { radonOperator, squaredNorm } from '@invertible/core';
import { Command } from 'commander';
import { runCommand, type Setting, type Shared, whole } from '../command-line';
import { numberOf } from '../measure';
import { writeFile } from '../raster';
import { megabytes, writeJson } from '../report';
import { anglesOf, measured, noise } from './data';
import { compare, memoryOf } from './evaluate';
import { solver } from './solver';
import { train } from './train';

interface Options extends Shared {
  steps: number;
  batch: number;
  iterations: number;
  hidden: number;
  memory: number;
  size: number;
  angles: number;
  seed: number;
}

const command = new Command('npm run irim --')
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
  .option('--seed <n>', 'seed of weights, phantoms and noise', whole(0), 1);

async function run(options: Options, { out, backend, interruption }: Setting): Promise<void> {
  const { steps, batch, iterations, hidden, memory, size, seed } = options;
  const operator = radonOperator({ angles: anglesOf(options.angles), size });
  const step = 1 / (await numberOf(squaredNorm(operator, [1, size, size, 1], { iterations: 50 })));
  const training = measured(operator, size, 2 * seed);
  const held = measured(operator, size, 2 * seed + 1)(64);
  const shaping = { operator, hidden, memory, seed, step, first: training(64).d };
  const machine = solver({ ...shaping, iterations });
  const count = machine.variables.reduce((sum, v) => sum + v.size, 0);
  console.log(
    `Tomography of ${size} × ${size} phantoms from ${options.angles} angles over 120°, ${100 * noise} % noise · ` +
      `backend ${backend} · i-RIM of ${iterations} iterations, ${count} weights`,
  );
  const begun = performance.now();
  const { done, interrupted } = await train(machine, () => training(batch), steps, interruption);
  const seconds = (performance.now() - begun) / 1000;
  const { psnr, png } = await compare(held, { operator, machine, iterations, step }, size);
  const inverseError = await numberOf(machine.inverseError(held.d));
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
  writeFile(file, png);
  const { out: _, ...given } = options;
  const figures = { stepsDone: done, seconds, psnr, inverseError, peakActivationBytes: bytes };
  writeJson(join(out, 'summary.json'), { ...given, backend, ...figures });
  console.log(`Picture: ${file}`);
  operator.dispose();
  if (interrupted) process.exitCode = 130;
}

await runCommand(command, { out: 'out/irim', files: 'picture and summary' }, run);

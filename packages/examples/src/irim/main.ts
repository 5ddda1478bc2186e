import { join } from 'node:path';
import { Command, Option } from 'commander';
import { runCommand, type Setting, type Shared, whole } from '../command-line';
import { writeFile } from '../raster';
import { megabytes, writeJson } from '../report';
import { memoryOver, memoryPlot } from './memory';
import { type Plan, run as runProblem, stepOf } from './run';
import { seismic } from './seismic';
import { tomography } from './tomography';

interface Options extends Shared, Plan {
  problem: 'both' | 'tomography' | 'seismic';
  size: number;
  angles: number;
  deepest: number;
}

const command = new Command('npm run irim --')
  .description(
    'Trains an invertible recurrent inference machine on random phantoms, and on random seismic sections, and tests it on a real head ' +
      'and a model section that it never saw, against classical inversion and a convolutional network.',
  )
  .addOption(
    new Option('--problem <name>', 'what to invert')
      .choices(['both', 'tomography', 'seismic'])
      .default('both'),
  )
  .option('--steps <n>', 'training steps of each network', whole(1), 240)
  .option('--batch <n>', 'images per step, drawn anew', whole(1), 4)
  .option(
    '--iterations <n>',
    'iterations of the machine: one use of the operator and of its adjoint each',
    whole(1),
    6,
  )
  .option('--hidden <n>', 'hidden channels of each coupling', whole(1), 32)
  .option('--memory <n>', 'channels of memory beside the image', whole(1), 7)
  .option('--size <n>', 'pixels along each side of a phantom, even', whole(12), 48)
  .option('--angles <n>', 'angles of the tomography, over 120 of the 180 degrees', whole(1), 20)
  .option('--converged <n>', 'steps of the classical methods that are given more time', whole(1), 100)
  .option('--deepest <n>', 'most iterations of the memory figure', whole(4), 64)
  .option('--seed <n>', 'seed of weights, images and noise', whole(0), 1)
  .option('--resume', 'go on with the trainings that --out holds');

async function run(options: Options, setting: Setting): Promise<void> {
  const { out: _, ...given } = options;
  const { size, angles, seed } = options;
  const problems = [
    ...(options.problem === 'seismic' ? [] : [tomography({ size, angles, seed })]),
    ...(options.problem === 'tomography' ? [] : [seismic({ seed })]),
  ];
  const figures: Record<string, object> = { options: { ...given, backend: setting.backend } };
  const note = (name: string, result: object) => {
    figures[name] = result;
    writeJson(join(setting.out, 'summary.json'), figures);
  };
  for (const [k, problem] of problems.entries()) {
    const { interrupted, ...result } = await runProblem(problem, options, setting, k === 0);
    note(problem.name, result);
    if (!interrupted) continue;
    process.exitCode = 130;
    return;
  }
  const [first] = problems;
  if (!first) return;
  const numbers = [4, 8, 16, 32, 64].filter((n) => n <= options.deepest);
  const memory = await memoryOver(first, numbers, { ...options, step: await stepOf(first) });
  for (const { iterations, reversible, stored } of memory) {
    console.log(
      `Peak activation memory of ${iterations} iterations: ${megabytes(reversible)}, ${megabytes(stored)} with stored activations.`,
    );
  }
  note('memory', memory);
  const file = join(setting.out, 'memory.png');
  writeFile(file, await memoryPlot(memory, `One image of ${first.name}`));
  console.log(`Picture: ${file}`);
}

await runCommand(command, { out: 'out/irim', files: 'pictures, checkpoints and summary' }, run);

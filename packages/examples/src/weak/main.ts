import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { Command } from 'commander';
import { runCommand, type Setting, type Shared, whole } from '../command-line';
import { writeFile } from '../raster';
import { writeJson } from '../report';
import { compare } from './compare';
import { picture } from './picture';
import { sceneOf } from './scene';
import { type Supervision, supervisions } from './supervision';
import { type Outcome, type TrainOptions, train } from './train';

interface Options extends Shared, TrainOptions {
  seeds: number;
  resume?: boolean;
}

const command = new Command('npm run weak --')
  .description(
    'Finds the brain in slices of a head from a few points of it and bounds on its area: a hyperbolic network, trained by ' +
      'distances to constraint sets, against labels alone.',
  )
  .option('--seeds <n>', 'runs, each with points and weights of its own', whole(1), 5)
  .option('--steps <n>', 'training steps of each', whole(1), 40)
  .option('--points <n>', 'points of the brain that are marked in each slice', whole(1), 4)
  .option('--layers <n>', 'layers of the network', whole(1), 9)
  .option('--hidden <n>', 'hidden channels of each', whole(1), 8)
  .option('--seed <n>', 'seed of the first run; the others follow', whole(0), 1)
  .option('--resume', 'continue where the run in the folder of --out stopped');

const ways = Object.keys(supervisions).filter((name): name is Supervision =>
  Object.hasOwn(supervisions, name),
);

async function run(options: Options, { out, backend, interruption }: Setting): Promise<void> {
  const { seeds, steps, points, layers, hidden, seed: first, resume } = options;
  console.log(`The brain in six slices of a head, ${points} points in each are given · backend ${backend}`);
  const outcomes: Outcome[] = [];
  const interrupted = () => outcomes.at(-1)?.interrupted === true;
  for (let seed = first; seed < first + seeds && !interrupted(); seed++) {
    const scene = await sceneOf({ points, seed });
    for (const way of ways) {
      if (interrupted()) break;
      const running = { out, interruption, resume, later: outcomes.length > 0 };
      outcomes.push(await train(way, scene, { steps, points, layers, hidden, seed }, running));
    }
    if (seed === first) writeFile(join(out, 'weak.png'), await picture(scene, outcomes));
    tf.dispose([scene.input, scene.truth, scene.points]);
  }
  const given = { seeds, steps, points, layers, hidden, seed: first };
  const runs = outcomes.map(({ output: _, ...kept }) => kept);
  writeJson(join(out, 'summary.json'), { ...given, backend, ...compare(outcomes), runs });
  console.log(`Picture and figures: ${out}`);
  if (interrupted()) process.exitCode = 130;
}

await runCommand(command, { out: 'out/weak', files: 'picture, summary and checkpoints' }, run);

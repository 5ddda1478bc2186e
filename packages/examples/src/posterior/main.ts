import { join } from 'node:path';
import { Command } from 'commander';
import { runCommand, type Setting, type Shared, whole } from '../command-line';
import { writeFile } from '../raster';
import { writeJson } from '../report';
import { agreement } from './agreement';
import { bins, calibrate, limit } from './calibration';
import { picture } from './picture';
import { type TrainOptions, train } from './train';

const command = new Command('npm run posterior --')
  .description(
    'Learns the posterior of a linear inverse problem with a conditional flow, and checks it against the closed form.',
  )
  .option('--steps <n>', 'training steps, each on pairs of its own', whole(1), 2000)
  .option('--batch <n>', 'pairs per step', whole(2), 512)
  .option('--layers <n>', 'conditional couplings', whole(1), 4)
  .option('--hidden <n>', 'width of the hidden layers of each', whole(1), 32)
  .option('--seed <n>', 'seed of weights, pairs and samples', whole(0), 1);

const percent = (v: number) => `${(100 * v).toFixed(1)} %`;

async function run(options: TrainOptions & Shared, { out, backend }: Setting): Promise<void> {
  console.log(
    `Linear inverse problem, x in the plane, 3 data · ${options.layers} conditional couplings · backend ${backend}`,
  );
  const begun = performance.now();
  const flow = await train(options);
  const seconds = (performance.now() - begun) / 1000;
  const errors = await agreement(flow, options.seed);
  const calibration = await calibrate(flow, options.seed);
  console.log(`Trained ${options.steps} steps in ${seconds.toFixed(0)} s.`);
  console.log(
    `Posterior mean off by ${percent(errors.mean)}, covariance by ${percent(errors.covariance)} of the closed form.`,
  );
  for (const [axis, { chiSquare }] of calibration.entries()) {
    const verdict = chiSquare < limit ? 'uniform' : 'not uniform';
    console.log(
      `Calibration ranks of x${axis + 1}: χ² ${chiSquare.toFixed(1)} on ${bins - 1} degrees of freedom, ${verdict} at 1 % (${limit}).`,
    );
  }
  writeFile(join(out, 'posterior.png'), await picture(flow, calibration));
  writeJson(join(out, 'posterior.json'), { options, seconds, errors, calibration });
  console.log(`Picture and figures: ${out}`);
}

await runCommand(command, { out: 'out/posterior', files: 'picture and figures' }, run);

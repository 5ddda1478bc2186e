import { join } from 'node:path';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { Command } from 'commander';
import { runCommand, whole } from '../command-line';
import { quantile } from '../measure';
import { writeJson } from '../report';

interface Options {
  pairs: number;
  steps: number;
}

const batchSize = 64;

/** Networks of few and of many numbers a step; guards cost most, relatively, where a step is short. */
const makes: Record<string, { shape: number[]; make: () => inn.Flow }> = {
  'realNvp, 4 × 16 on 2 features': {
    shape: [2],
    make: () => inn.realNvp({ shape: [2], layers: 4, hidden: 16 }),
  },
  'realNvp, 8 × 64 on 2 features': {
    shape: [2],
    make: () => inn.realNvp({ shape: [2], layers: 8, hidden: 64 }),
  },
  'glow, 2 scales × 2 on 8 × 8 pixels': {
    shape: [8, 8, 1],
    make: () => inn.glow({ shape: [8, 8, 1], scales: 2, steps: 2, hidden: 16 }),
  },
};

/** Processor time of a fit of one flow, with guards or without: what else the machine does is not in it. */
async function timeOf(flow: inn.Flow, x: tf.Tensor, guards: inn.Guards | false): Promise<number> {
  const begun = process.cpuUsage();
  await flow.fit(x, { batchSize, shuffle: false, verbose: 0, guards });
  const { user, system } = process.cpuUsage(begun);
  return user + system;
}

const command = new Command('npm run bench:guards --')
  .description('Step time of flow.fit with its guards against that without: the median over pairs.')
  .option('--pairs <n>', 'pairs of fits, in turn', whole(1), 31)
  .option('--steps <n>', 'steps of each fit', whole(1), 40);

await runCommand<Options>(
  command,
  { out: 'out/guards', files: 'the JSON' },
  async ({ pairs, steps }, { backend, out }) => {
    const medians: Record<string, number> = {};
    for (const [name, { shape, make }] of Object.entries(makes)) {
      const x = tf.randomNormal([batchSize * steps, ...shape], 0, 1, 'float32', 1);
      const flow = make();
      flow.compile({ optimizer: tf.train.adam(1e-5) });
      const ratios: number[] = [];
      for (let k = -2; k < pairs; k++) {
        const first = await timeOf(flow, x, k % 2 === 0 ? {} : false);
        const second = await timeOf(flow, x, k % 2 === 0 ? false : {});
        if (k >= 0) ratios.push(k % 2 === 0 ? first / second : second / first);
      }
      medians[name] = quantile(ratios, 0.5);
      console.log(`${name}: with guards ${medians[name].toFixed(3)} of the time without`);
      flow.dispose();
      x.dispose();
    }
    writeJson(join(out, 'guards.json'), { backend, pairs, steps, medians });
  },
);

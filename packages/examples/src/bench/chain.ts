import { join } from 'node:path';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import { Command } from 'commander';
import { listOption, runCommand, whole } from '../command-line';
import { floatsOf, quantile } from '../measure';
import { writeJson } from '../report';

interface Options {
  members: number[];
  repeats: number;
}

/** A gradient step through a chain of ActNorms and couplings in turn: the times of a member, in microseconds. */
function stepOf(members: number): () => Promise<number> {
  const member = (k: number) =>
    k % 2 === 0 ? core.actNorm() : core.affineCoupling({ hidden: 8, flip: k % 4 === 1 });
  const b = core.chain(Array.from({ length: members }, (_, k) => member(k)));
  const x = tf.randomNormal([16, 8], 0, 1, 'float32', 1);
  const w = core.createWeights(b, x.shape);
  return async () => {
    const begun = performance.now();
    const rebuilt = tf.tidy(() => {
      const { y, logDet } = b.forward(x, w);
      return b.pullback(y, y, logDet, w).x;
    });
    await floatsOf(rebuilt);
    return (1000 * (performance.now() - begun)) / members;
  };
}

const command = new Command('npm run bench:chain --')
  .description('Time of a member in chains of several lengths: it should not depend on the length.')
  .addOption(listOption('--members <list>', 'lengths of the chains', whole(1), [64, 512]))
  .option('--repeats <n>', 'timed steps of each, in turn', whole(1), 15);

await runCommand<Options>(
  command,
  { out: 'out/chain', files: 'the JSON' },
  async ({ members, repeats }, { backend, out }) => {
    console.log(`Forward and pullback of a chain, backend ${backend}.\n`);
    const steps = members.map(stepOf);
    const times = members.map((): number[] => []);
    for (let k = -2; k < repeats; k++) {
      for (const [i, step] of steps.entries()) {
        const time = await step();
        if (k >= 0) times[i]?.push(time);
      }
    }
    const medians = times.map((t) => quantile(t, 0.5));
    const [first = Number.NaN] = medians;
    const lines = members.map((n, i) => {
      const median = medians[i] ?? Number.NaN;
      return `${n} members: ${median.toFixed(0)} µs each, ${(median / first).toFixed(2)} of those in the first chain`;
    });
    console.log(lines.join('\n'));
    writeJson(join(out, 'chain.json'), { backend, members, medians });
  },
);

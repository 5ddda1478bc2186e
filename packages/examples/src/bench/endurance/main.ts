import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { refuse } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import { Command } from 'commander';
import { runCommand, whole } from '../../command-line';
import { writeJson } from '../../report';
import { endurance, type Held } from './rounds';

interface Options {
  steps: number;
  rounds: number;
}

const mb = (bytes: number) => `${(bytes / 2 ** 20).toFixed(2)} MB`;
const line = ({ steps, tensors, bytes, heap }: Held) =>
  `${steps} steps: ${tensors} tensors, ${mb(bytes)} in them, heap ${mb(heap)}`;

/** So much of the heap may come and go with the engine's own caches. */
const slack = 2 * 2 ** 20;

const command = new Command('npm run bench:endurance --')
  .description(
    'A long training with callbacks, evaluation, sampling and checkpoints in between: nothing may stay.',
  )
  .option('--steps <n>', 'steps in all', whole(1), 100_000)
  .option('--rounds <n>', 'rounds that they are made in, each with everything in between', whole(4), 100);

await runCommand<Options>(
  command,
  { out: 'out/endurance', files: 'the JSON and the checkpoints' },
  async ({ steps, rounds }, { backend, out }) => {
    inn.registerFileHandlers();
    mkdirSync(out, { recursive: true });
    const each = Math.ceil(steps / rounds);
    const run = endurance(each, `file://${join(out, 'checkpoint')}`);
    const held: Held[] = [];
    for (let k = 0; k < rounds; k++) {
      await run.round();
      held.push(run.held((k + 1) * each));
      if ((k + 1) % Math.ceil(rounds / 10) === 0) console.log(line(held[k] ?? run.held(0)));
    }
    writeJson(join(out, 'endurance.json'), { backend, held });
    // The first quarter warms the engine up.
    const from = held[Math.floor(rounds / 4)];
    const to = held.at(-1);
    if (!from || !to) return;
    const flat = to.tensors === from.tensors && to.bytes === from.bytes && to.heap - from.heap < slack;
    const change = `from ${line(from)} to ${line(to)}`;
    if (!flat)
      refuse('endurance', 'tensors, bytes and heap that stay', change, 'Look for what is not disposed.');
    console.log(`Flat on ${backend}: ${change}.`);
  },
);

import { join } from 'node:path';
import type { Flow } from '@invertible/layers-tfjs';
import { numberOf } from '../measure';
import { writeFile } from '../raster';
import { heldOutBatches } from './batches';
import { classes, type Digits, firstOf } from './data';
import { likelihoods, quartilesOf } from './likelihoods';
import { bitsPerDim } from './model';
import { pictureOf } from './picture';
import { readability, temperature } from './samples';

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** Tells how good a trained flow is, by density, by samples and by what it takes for likely, and draws the picture. */
export async function judge(flow: Flow, test: Digits, { out, seed }: { out: string; seed: number }) {
  const nats = [await flow.model.evaluateDataset(heldOutBatches(test, { batch: 100, seed }), {})].flat()[0];
  const bits = nats ? bitsPerDim(await numberOf(nats)) : Number.NaN;
  console.log(`\nFinal: ${bits.toFixed(3)} bits/dim on ${test.count} held-out digits, given their class.`);
  const few = firstOf(test, 1000).count;
  const each = Math.ceil(few / classes);
  const read = await readability(flow, test, { each, seed, temperatures: [0.5, temperature, 1] });
  for (const { temperature: t, all } of read.samples)
    console.log(
      `Temperature ${t}: ${percent(all)} of ${classes * each} samples are read as the class asked.`,
    );
  console.log(`The network that reads them reads ${percent(read.digits)} of the held-out digits right.`);
  const likely = await likelihoods(flow, firstOf(test, Math.ceil(few / 10)), seed);
  const medians = quartilesOf(likely);
  console.log(
    `Median bits/dim: ${Object.entries(medians)
      .map(([name, [, median = Number.NaN]]) => `${name} ${median.toFixed(2)}`)
      .join(', ')}.`,
  );
  console.log(
    `The likeliest class under the flow is the right one for ${percent(likely.right)} of ${Math.ceil(few / 10)} digits.`,
  );
  writeFile(join(out, 'digits.png'), await pictureOf(flow, test, { seed, likelihoods: likely }));
  return { bitsPerDim: bits, readable: read, quartilesOfBits: medians, likeliestClassIsRight: likely.right };
}

import { join } from 'node:path';
import { activationBytes } from '@invertible/core/testing';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import { Command } from 'commander';
import { runCommand, type Setting, type Shared, whole } from '../../command-line';
import { compared, inTurn } from '../../measure';
import { megabytes, quartiles, report, writeJson } from '../../report';
import { mobileNet, uNet } from './models';
import { plot } from './plot';

interface Options extends Shared {
  size: number;
  batch: number;
  repeats: number;
}

const command = new Command('npm run bench:checkpoints --')
  .description(
    'Peak memory and time of a training step of ordinary models, as they are and cut into checkpoints.',
  )
  .option('--size <n>', 'pixels along each side, a multiple of 32', whole(32), 224)
  .option('--batch <n>', 'images per step', whole(1), 8)
  .option('--repeats <n>', 'timed steps of each kind, in turn; 0 times nothing', whole(0), 3);

/** Table 2 of the paper. */
const blocks = [
  ...[[1, 16, 1, 1] as const, [6, 24, 2, 2] as const, [6, 32, 3, 2] as const, [6, 64, 4, 2] as const],
  ...[[6, 96, 3, 1] as const, [6, 160, 3, 2] as const, [6, 320, 1, 1] as const],
];

interface Row {
  model: string;
  way: string;
  runs: number;
  planned: number;
  measured: number;
  /** Multiplications and additions over those of the model as it is. */
  work: number;
  time: readonly [number, number, number] | undefined;
}

/** The gradients of a step on random images. */
const stepOf = (model: tf.LayersModel, x: tf.Tensor) => (): tf.Tensor[] => {
  const loss = () => tf.mean(model.apply(x, { training: true }) as tf.Tensor) as tf.Scalar;
  const { value, grads } = tf.variableGrads(loss);
  value.dispose();
  return Object.values(grads);
};

/** The ways to train a model: as it is, in as little as can be, and under budgets in between. */
function waysOf(model: tf.LayersModel, batch: number): Record<string, tf.LayersModel> {
  const least = inn.checkpointed(model, { batch });
  const peakOf = (m: tf.LayersModel) => inn.memoryPlan(m, { batch }).peakBytes;
  const [low, high] = [peakOf(least), peakOf(model)];
  const under = (part: number) => inn.checkpointed(model, { budget: low + part * (high - low), batch });
  return { 'as it is': model, 'half of the way': under(1 / 2), 'a quarter of the way': under(1 / 4), least };
}

async function run({ size, batch, repeats }: Options, { out, backend }: Setting): Promise<void> {
  const { print, table, write } = report();
  const models = {
    MobileNetV2: mobileNet(size, blocks, { stem: 32, classes: 1000 }),
    'U-Net': uNet(size, 4, 16),
  };
  print(
    `Training step on ${batch} images of ${size} × ${size}, backend ${backend}. Bytes beyond weights and batch.\n`,
  );
  const show = table<Row>([
    ['model', (r) => r.model],
    ['trained', (r) => `${r.way}, ${r.runs} runs`],
    ['planned', (r) => megabytes(r.planned)],
    ['measured', (r) => megabytes(r.measured)],
    ['work', (r) => `${r.work.toFixed(2)} ×`],
    ['time', (r) => (r.time ? quartiles([...r.time]) : '–')],
  ]);
  const rows: Row[] = [];
  for (const [name, model] of Object.entries(models)) {
    const x = tf.randomUniform([batch, ...model.inputs[0]!.shape.slice(1).map(Number)], 0, 1, 'float32', 1);
    const ways = waysOf(model, batch);
    const whole = inn.memoryPlan(model, { batch });
    for (const [way, cut] of Object.entries(ways)) {
      const step = stepOf(cut, x);
      tf.dispose(step());
      const { activations, gradients } = await activationBytes(step);
      const plan = inn.memoryPlan(cut, { batch });
      const timed = (f: () => tf.Tensor[]) => () => {
        const begun = performance.now();
        tf.dispose(f());
        return performance.now() - begun;
      };
      const time =
        repeats > 0 && cut !== model
          ? compared(await inTurn(timed(step), timed(stepOf(model, x)), { repeats })).ratio
          : undefined;
      const runs = cut instanceof inn.CheckpointedModel ? cut.segments.filter((s) => s.recomputed).length : 0;
      const row = {
        model: name,
        way,
        runs,
        planned: plan.peakBytes,
        measured: activations + gradients,
        work: plan.work / whole.work,
        time,
      };
      rows.push(row);
      show(row);
    }
    await plot(ways, batch, `${name}, ${batch} images of ${size} × ${size}`, join(out, `course-${name}`));
    x.dispose();
  }
  write(out, 'checkpoints');
  writeJson(join(out, 'checkpoints.json'), { backend, size, batch, rows });
  console.log(`\nTable, JSON and plots: ${out}`);
}

await runCommand(command, { out: 'out/checkpoints', files: 'table, JSON and plots' }, run);

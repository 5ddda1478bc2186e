import { join, resolve } from 'node:path';
import { InvertibleError } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { chooseBackend } from '../backend';
import { whole } from '../options';
import { rasterize, writeFile } from '../raster';
import { closedForm, simulate } from './problem';

interface Options {
  steps: number;
  batch: number;
  layers: number;
  hidden: number;
  seed: number;
  out: string;
  backend?: string;
}

const options = new Command('npm run posterior --')
  .description(
    'Learns the posterior of a linear inverse problem with a conditional flow, and checks it against the closed form.',
  )
  .option('--steps <n>', 'training steps, each on pairs of its own', whole(1), 2000)
  .option('--batch <n>', 'pairs per step', whole(2), 512)
  .option('--layers <n>', 'conditional couplings', whole(1), 4)
  .option('--hidden <n>', 'width of the hidden layers of each', whole(1), 32)
  .option('--seed <n>', 'seed of weights, pairs and samples', whole(0), 1)
  .option('--out <folder>', 'where picture and figures go', 'out/posterior')
  .option('--backend <name>', 'wasm, cpu or tensorflow (default: the fastest present)')
  .parse()
  .opts<Options>();

/** Fits the flow to fresh pairs. */
async function train({ steps, batch, layers, hidden, seed }: Options): Promise<inn.Flow> {
  const flow = inn.realNvp({ shape: [2], condition: [3], layers, hidden, seed });
  const optimizer = inn.clipByGlobalNorm(tf.train.adam(0.005), 10);
  flow.compile({ optimizer });
  const perEpoch = Math.min(100, steps);
  const schedule = inn.warmupCosine({ peak: 0.005, warmup: 50, total: steps });
  const bar = new SingleBar({
    format: 'training {bar} {value}/{total} steps · {nats} nats',
    clearOnComplete: true,
  });
  bar.start(steps, 0, { nats: '–' });
  for (let step = 0; step < steps; step += perEpoch) {
    const { x, y } = simulate(batch * perEpoch, 1000 + step + 1_000_000 * seed);
    const { history } = await flow.fit(x, {
      condition: y,
      batchSize: batch,
      epochs: 1,
      verbose: 0,
      callbacks: [inn.learningRate(flow.model, schedule, { from: step }), inn.nanGuard(flow.model)] as never,
    });
    tf.dispose([x, y]);
    bar.update(Math.min(step + perEpoch, steps), { nats: (history.loss![0] as number).toFixed(3) });
  }
  bar.stop();
  return flow;
}

/** Mean and covariance of posterior samples against the closed form, over conditions: relative root mean square errors. */
async function compare(flow: inn.Flow, seed: number, { conditions = 50, samples = 20_000 } = {}) {
  const { x, y } = simulate(conditions, 500 + seed);
  const ys = (await y.array()) as number[][];
  const sums = { mean: 0, means: 0, covariance: 0, covariances: 0 };
  for (const [k, row] of ys.entries()) {
    const drawn = tf.tidy(() => {
      const s = flow.sample(samples, { seed: 77 + k, condition: tf.tensor2d([row]) });
      const mean = tf.mean(s, 0);
      const centred = tf.sub(s, mean) as tf.Tensor2D;
      return tf.concat([
        tf.reshape(mean, [2]),
        tf.reshape(tf.div(tf.matMul(tf.transpose(centred), centred), samples), [4]),
      ]);
    });
    const [m0, m1, ...c] = Array.from(await drawn.data()) as [number, number, ...number[]];
    drawn.dispose();
    const { mean, covariance } = closedForm(row);
    sums.mean += (m0 - mean[0]) ** 2 + (m1 - mean[1]) ** 2;
    sums.means += mean[0] ** 2 + mean[1] ** 2;
    covariance.flat().forEach((v, i) => {
      sums.covariance += (c[i]! - v) ** 2;
      sums.covariances += v ** 2;
    });
  }
  tf.dispose([x, y]);
  return {
    mean: Math.sqrt(sums.mean / sums.means),
    covariance: Math.sqrt(sums.covariance / sums.covariances),
  };
}

const bins = 20;
/** 99 % quantile of χ² with 19 degrees of freedom. */
const limit = 36.19;

/**
 * Simulation-based calibration: the rank of the true x among samples given its y is uniform when the posterior is right.
 * Talts et al. 2018, arXiv:1804.06788, algorithm 1. Returns counts of ranks per coordinate, and their χ² against uniform.
 */
async function calibrate(flow: inn.Flow, seed: number, { pairs = 2000, draws = 99 } = {}) {
  const { x, y } = simulate(pairs, 900 + seed);
  const ranks = tf.tidy(() => {
    const repeated = tf.reshape(tf.tile(tf.expandDims(y, 1), [1, draws, 1]), [-1, 3]);
    const drawn = tf.reshape(flow.sample(pairs * draws, { seed: 5 + seed, condition: repeated }), [
      pairs,
      draws,
      2,
    ]);
    return tf.sum(tf.cast(tf.less(drawn, tf.expandDims(x, 1)), 'float32'), 1);
  });
  const numbers = await ranks.data();
  tf.dispose([x, y, ranks]);
  return [0, 1].map((axis) => {
    const counts = Array<number>(bins).fill(0);
    for (let k = 0; k < pairs; k++) counts[Math.floor((numbers[2 * k + axis]! * bins) / (draws + 1))]!++;
    const expected = pairs / bins;
    return { counts, chiSquare: counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0) };
  });
}

/** Samples of one posterior with the ellipse of the closed form, and the histograms of ranks. */
async function picture(flow: inn.Flow, calibration: { counts: number[] }[]): Promise<Buffer> {
  const y = [1.5, -0.5, 0.8];
  const drawn = flow.sample(2000, { seed: 3, condition: tf.tensor2d([y]) });
  const points = ((await drawn.array()) as number[][]).map(([a, b]) => ({ a, b }));
  drawn.dispose();
  const { mean, covariance } = closedForm(y);
  const [l11, l21] = [Math.sqrt(covariance[0][0]), covariance[0][1] / Math.sqrt(covariance[0][0])];
  const l22 = Math.sqrt(covariance[1][1] - l21 ** 2);
  const ellipse = Array.from({ length: 101 }, (_, k) => {
    const [c, s] = [2 * Math.cos((2 * Math.PI * k) / 100), 2 * Math.sin((2 * Math.PI * k) / 100)];
    return { a: mean[0] + l11 * c, b: mean[1] + l21 * c + l22 * s, k };
  });
  const axes = {
    x: { field: 'a', type: 'quantitative', title: 'x₁', scale: { zero: false } },
    y: { field: 'b', type: 'quantitative', title: 'x₂', scale: { zero: false } },
  } as const;
  const histogram = (axis: number) => ({
    title: `ranks of x${'₁₂'[axis]}`,
    width: 220,
    height: 240,
    data: { values: calibration[axis]!.counts.map((count, bin) => ({ bin, count })) },
    mark: 'bar' as const,
    encoding: {
      x: { field: 'bin', type: 'ordinal' as const, title: 'rank, 5 to a bin' },
      y: { field: 'count', type: 'quantitative' as const, title: 'pairs' },
    },
  });
  const spec: TopLevelSpec = {
    background: 'white',
    config: { font: 'DejaVu Sans' },
    hconcat: [
      {
        title: 'posterior samples; ellipse: closed form, 2 deviations',
        width: 300,
        height: 240,
        layer: [
          { data: { values: points }, mark: { type: 'circle', size: 6, opacity: 0.4 }, encoding: axes },
          {
            data: { values: ellipse },
            mark: { type: 'line', color: 'firebrick' },
            encoding: { ...axes, order: { field: 'k', type: 'quantitative' } },
          },
        ],
      },
      histogram(0),
      histogram(1),
    ],
  };
  const svg = await new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' }).toSVG();
  return rasterize(svg);
}

async function run(): Promise<void> {
  const backend = await chooseBackend(options.backend);
  console.log(
    `Linear inverse problem, x in the plane, 3 data · ${options.layers} conditional couplings · backend ${backend}`,
  );
  const begun = performance.now();
  const flow = await train(options);
  const seconds = (performance.now() - begun) / 1000;
  const errors = await compare(flow, options.seed);
  const calibration = await calibrate(flow, options.seed);
  const percent = (v: number) => `${(100 * v).toFixed(1)} %`;
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
  const out = resolve(process.env.INIT_CWD ?? '', options.out);
  writeFile(join(out, 'posterior.png'), await picture(flow, calibration));
  writeFile(join(out, 'posterior.json'), JSON.stringify({ options, seconds, errors, calibration }, null, 1));
  console.log(`Picture and figures: ${out}`);
}

await run().catch((error: unknown) => {
  console.error(error instanceof InvertibleError ? error.message : error);
  process.exitCode = 1;
});

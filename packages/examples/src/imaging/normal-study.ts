import * as tf from '@tensorflow/tfjs';
import { agreement } from './closed-form';
import { nats, posteriorFlow, trainable } from './network';
import { exactRows } from './picture';
import { normal } from './problems';
import { planOf, type StudySetting, seedOf } from './study';
import { recorded } from './survey';
import { minimizeOn } from './train';

/** Pixels along each side, observations, and draws for each. */
const [size, observations, draws] = [16, 8, 512];

/** Trains the same kind of flow where the posterior is known, and compares. */
export async function normalStudy(setting: StudySetting) {
  const { batch, seed, normalSteps: steps } = setting.options;
  const problem = normal(size);
  const pairs = { batch, seed: seedOf(seed, 'normal') };
  const options = { ...setting.options, size };
  const start = recorded(problem, 2 * batch, { seeds: [pairs.seed, -1] });
  const flow = posteriorFlow(options, start);
  const plan = planOf(setting, 'normal', { steps, kind: 'flow', pixels: size ** 2 });
  const { interrupted } = await minimizeOn(problem, pairs, trainable(flow), (one) => nats(flow, one), plan);
  const held = recorded(problem, observations, { seeds: [pairs.seed, -2] });
  const { comparisons, ...figures } = await agreement(flow, problem.linear, held, { draws, seed });
  problem.linear.dispose();
  const percent = (v: number) => `${(100 * v).toFixed(0)} %`;
  console.log(
    `Sections that are normal: posterior mean off by ${percent(figures.mean)} of a posterior deviation, deviation by ` +
      `${percent(figures.deviation)} (of which ${percent(figures.meanOfDraws)} and ${percent(figures.deviationOfDraws)} are ` +
      `the draws'); divergence ${figures.divergence.toFixed(3)} nats per pixel.`,
  );
  const rows = comparisons.slice(0, 1).flatMap((one) => exactRows(held, one));
  tf.dispose([start.x, start.condition, held.x, held.condition]);
  return { figures, rows, interrupted };
}

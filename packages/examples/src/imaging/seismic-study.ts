import * as tf from '@tensorflow/tfjs';
import { decibelsOf, draws, evaluate, limit, temperatureFor } from './evaluate';
import { nats, type PointEstimate, pointEstimate, posteriorFlow, trainable, widthFor } from './network';
import { storyRows } from './picture';
import { type Guided, seismic } from './problems';
import { decibels, planOf, type StudySetting, seedOf, tell } from './study';
import { type Recorded, recorded, tracesOf } from './survey';
import { minimizeOn } from './train';

/** Trains a flow and a point estimate of as many weights on seismic sections, and compares them on held-out ones. */
export async function seismicStudy(setting: StudySetting) {
  const { size, batch, seed, steps, estimateSteps, heldOut } = setting.options;
  const problem = seismic(size, seedOf(seed, 'covariance'));
  const start = recorded(problem, 2 * batch, { seeds: [seedOf(seed, 'first')] });
  const pairs = { batch, seed: seedOf(seed, 'training') };
  const pixels = size ** 2;
  const flow = posteriorFlow(setting.options, start);
  const weights = flow.model.countParams();
  const estimate = pointEstimate({ size, width: widthFor(weights, size), seed });
  const squares = ({ x, condition }: Recorded) =>
    tf.mean<tf.Scalar>(tf.square(tf.sub(estimate.of(condition), x)));
  const plan = planOf(setting, 'flow', { steps, kind: 'flow', pixels });
  const trained = [await minimizeOn(problem, pairs, trainable(flow), (one) => nats(flow, one), plan)];
  if (!trained[0]?.interrupted) {
    const of = planOf(setting, 'estimate', { steps: estimateSteps, kind: 'estimate' });
    trained.push(await minimizeOn(problem, pairs, estimate.variables, squares, of));
  }
  const held = recorded(problem, heldOut, { seeds: [seedOf(seed, 'held out')] });
  const apart = recorded(problem, Math.min(heldOut, 32), { seeds: [seedOf(seed, 'apart')] });
  const temperature = await temperatureFor(flow, apart, seed);
  const { moments, ...evaluation } = await evaluate(flow, held, { seed, temperature });
  const { point, psnr } = await compare(problem, estimate, held, moments.mean);
  for (const [name, db] of Object.entries(psnr)) console.log(`${name}: ${decibels(db)}`);
  console.log(
    `PSNR is the mean of ${heldOut} held-out sections; the posterior mean is that of ${draws} draws at temperature ` +
      `${temperature}, chosen on sections apart.`,
  );
  tell(evaluation, limit);
  const one = tf.slice(held.condition, 0, 1);
  const samples = flow.sample(4, { seed, temperature, condition: one });
  const prior = flow.sample(1, { seed, condition: tf.zerosLike(one) });
  const rows = storyRows({ held, point, moments, samples, prior });
  const figures = {
    temperature,
    ...evaluation,
    psnr,
    weights: { flow: weights, estimate: count(estimate) },
    seconds: trained.map((part) => part.seconds),
  };
  return { problem, figures, rows, flow, start, interrupted: trained.some((part) => part.interrupted) };
}

const count = ({ variables }: PointEstimate): number =>
  Object.values(variables).reduce((sum, v) => sum + v.size, 0);

async function compare({ linear }: Guided, estimate: PointEstimate, held: Recorded, mean: tf.Tensor4D) {
  const wiener = linear.mean(held.condition);
  const point = estimate.of(held.condition);
  const traces = tracesOf(held.condition);
  const of = {
    'Traces as recorded': await decibelsOf(traces, held.x),
    'Linear (Wiener) estimate': await decibelsOf(wiener, held.x),
    'Point estimate, trained by squared error': await decibelsOf(point, held.x),
    'Posterior mean': await decibelsOf(mean, held.x),
  };
  tf.dispose([wiener, traces]);
  return { point, psnr: of };
}

export type SeismicStudy = Awaited<ReturnType<typeof seismicStudy>>;

import * as tf from '@tensorflow/tfjs';
import { type Fit, fineTune } from './fine-tune';
import { posteriorFlow } from './network';
import { tunedRows } from './picture';
import { other } from './problems';
import type { SeismicStudy } from './seismic-study';
import { decibels, planOf, type StudySetting, seedOf } from './study';
import { recorded } from './survey';

/** Trains the flow further for one observation of another survey, by reverse KL. */
export async function tuningStudy(setting: StudySetting, { problem: own, flow, start }: SeismicStudy) {
  const { size, seed, tuneSteps: steps } = setting.options;
  const problem = other(own);
  const one = recorded(problem, 1, { seeds: [seedOf(seed, 'other')] });
  const prior = posteriorFlow(setting.options, start);
  prior.model.setWeights(flow.model.getWeights());
  const plan = planOf(setting, 'tuning', { steps, kind: 'tuning', pixels: size ** 2 });
  const { before, after, trained } = await fineTune(flow, prior, problem, one, plan);
  prior.dispose();
  const told = ({ elbo, misfit, psnr }: Fit) =>
    `evidence bound ${elbo.toFixed(3)} nats per pixel, misfit of the traces ${misfit.toFixed(2)}, posterior mean ${decibels(psnr)}`;
  console.log(`One observation of another survey, as trained for all: ${told(before)}.`);
  console.log(`After ${trained.done} steps for it alone: ${told(after)}.`);
  const figures = Object.fromEntries(
    Object.entries({ before, after }).map(([when, { elbo, misfit, psnr }]) => [when, { elbo, misfit, psnr }]),
  );
  const rows = tunedRows(one, before, after);
  for (const { mean, deviation } of [before, after]) tf.dispose([mean, deviation]);
  return { figures, rows, interrupted: trained.interrupted };
}

import { checkOptions, refuse, rules } from '@invertible/core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { layersModel } from '../check';
import { CheckpointedModel } from './checkpointed-model';
import { evenCuts, mixesFor, type Segment } from './cuts';
import { linksOf } from './runs';
import { type Steps, stepsOf } from './steps';
import { dryStep } from './training-step';

export interface CheckpointedOptions {
  /** Runs that are computed again, at most. Default: as many as make the peak least, about the root of the number of layers. */
  segments?: number;
  /** Bytes that a training step may take beyond weights and batch: as little as need be is computed again then. */
  budget?: number;
  /** Samples of a step, for the budget. Default 1. */
  batch?: number;
}

/**
 * A model over the same layers and weights as another one, any of tf.layers, that trains in less memory: it is cut into runs of
 * layers, of which only inputs are kept; the gradient computes the runs again. Invertible layers stay as they are, since they keep
 * nothing. Training one trains the other, and saving it saves the other.
 *
 * If the other one has been compiled, so is this, with the same optimizer, loss and metrics. Chen et al. 2016, arXiv:1604.06174.
 *
 * ```ts
 * const layers = Array.from({ length: 9 }, () => tfl.layers.dense({ units: 16, activation: 'tanh', inputShape: [16] }));
 * const model = tfl.sequential({ layers });
 * model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
 * const light = inn.checkpointed(model);
 * await light.fit(tf.ones([4, 16]), tf.zeros([4, 16]), { verbose: 0 });
 * ```
 */
export function checkpointed(model: tfl.LayersModel, options: CheckpointedOptions = {}): CheckpointedModel {
  rules.checkValue('checkpointed', 'model', model, layersModel);
  checkOptions('checkpointed', options, {
    segments: rules.whole(1),
    budget: rules.above(0),
    batch: rules.whole(1),
  });
  const { segments, budget, batch = 1 } = options;
  if (segments !== undefined && budget !== undefined)
    refuse('checkpointed', '`segments` or a `budget`', 'both', 'The budget says how many runs there are.');
  const graph = stepsOf(model);
  const made =
    budget === undefined
      ? new CheckpointedModel(model, graph, evenCuts(linksOf(graph, batch), segments))
      : within(budget, model, graph, batch);
  if (model.optimizer)
    made.compile({ optimizer: model.optimizer, loss: model.loss, metrics: model.metrics ?? [] });
  return made;
}

/** Parts of a budget that mixes are made for: what the plan leaves out is found by going through the step. */
const parts = [1, 0.85, 0.7, 0.55, 0.4];

/** The cheapest mix that fits, each candidate gone through on shapes. */
function within(budget: number, model: tfl.LayersModel, graph: Steps, batch: number): CheckpointedModel {
  const stored: Segment[] = [{ from: 0, to: graph.steps.length, recomputed: false }];
  const whole = dryStep(model, batch);
  if (whole.peakBytes <= budget) return new CheckpointedModel(model, graph, stored);
  const links = linksOf(graph, batch, whole.peakBytes);
  let least = whole.peakBytes;
  let best: { work: number; made: CheckpointedModel } | undefined;
  const mixes = new Map(
    [...parts.flatMap((part) => mixesFor(links, part * budget)), evenCuts(links)].map((mix) => [
      JSON.stringify(mix),
      mix,
    ]),
  );
  for (const mix of mixes.values()) {
    const made = new CheckpointedModel(model, graph, mix);
    const { peakBytes, work } = dryStep(made, batch, model);
    least = Math.min(least, peakBytes);
    if (peakBytes <= budget && (!best || work < best.work)) best = { work, made };
  }
  const remedy = 'Take a smaller batch, or a larger budget.';
  return best?.made ?? refuse('checkpointed', `a budget of at least ${least} bytes`, budget, remedy);
}

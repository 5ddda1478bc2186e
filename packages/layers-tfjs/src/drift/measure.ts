import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { checkModelAnd, inputsOf, layersModel } from '../check';
import { invertibleLayers } from '../model-layers';
import type { Observer } from '../observers';
import { onTrainingEnd } from '../tfjs-internals';

/** Lets a probe look at the layers of a model, until the function that is returned is called. */
function attach(model: tfl.LayersModel, probe: core.DriftProbe): () => void {
  const layers = invertibleLayers(model);
  const observer: Observer = { care: ({ name }) => probe.care(name) };
  for (const layer of layers) layer.observers.add(observer);
  return () => {
    for (const layer of layers) layer.observers.delete(observer);
  };
}

/**
 * How far the inputs that the gradient rebuilds are from the true ones, layer by layer: one training step is made, its
 * gradients are thrown away. Rows stand in the order of the forward pass; layers that store their activations have none;
 * one that is a chain has a row for each of its members.
 *
 * ```ts
 * const flow = inn.realNvp({ shape: [2], layers: 4, hidden: 8 });
 * const [row] = await inn.measureDrift(flow.model, tf.randomNormal([16, 2]), { limit: 1e-4 });
 * const healthy = row!.warning === null; // row.error, row.amplification, row.name
 * ```
 */
export async function measureDrift(
  model: tfl.LayersModel,
  inputs: tf.Tensor | tf.Tensor[],
  options: core.DriftOptions = {},
): Promise<core.DriftRow[]> {
  core.rules.checkValue('measureDrift', 'model', model, layersModel);
  inputsOf('measureDrift', inputs);
  const probe = core.driftProbe(options);
  const detach = attach(model, probe);
  try {
    tf.tidy(() => {
      tf.variableGrads(() => {
        const outputs = [model.apply(inputs, { training: true })].flat() as tf.Tensor[];
        return outputs.map((t) => tf.mean<tf.Scalar>(t)).reduce((sum, mean) => tf.add(sum, mean));
      });
    });
    return await probe.report();
  } finally {
    detach();
    probe.dispose();
  }
}

export interface DriftMonitorOptions extends core.DriftOptions {
  /** Check one training step in so many. Default 100. */
  every?: number;
  /** Gets the rows of each check. Default: warnings go to the console, by layer. */
  onReport?: (rows: core.DriftRow[], step: number) => void;
}

/**
 * A callback for `fit` that measures the drift of every n-th training step; in between it costs nothing.
 *
 * ```ts
 * const flow = inn.realNvp({ shape: [2], layers: 4, hidden: 8 });
 * const callbacks = inn.driftMonitor(flow.model, { every: 100, limit: 1e-3 });
 * await flow.fit(tf.randomNormal([32, 2]), { verbose: 0, callbacks });
 * ```
 */
export function driftMonitor(
  model: tfl.LayersModel,
  monitor: DriftMonitorOptions = {},
): tfl.CustomCallbackArgs {
  const { above, callable, whole } = core.rules;
  const size = above(0);
  checkModelAnd('driftMonitor', model, monitor, {
    every: whole(),
    onReport: callable,
    limit: size,
    amplification: size,
  });
  const { every = 100, onReport = warn, ...options } = monitor;
  let step = 0;
  let seen: { probe: core.DriftProbe; detach(): void } | undefined;
  const end = () => {
    seen?.detach();
    seen?.probe.dispose();
    seen = undefined;
  };
  return {
    onTrainBegin: async () => onTrainingEnd(model, end),
    onBatchBegin: async () => {
      if (step++ % every !== 0) return;
      const probe = core.driftProbe(options);
      seen = { probe, detach: attach(model, probe) };
    },
    onBatchEnd: async () => {
      if (!seen) return;
      const { probe, detach } = seen;
      seen = undefined;
      detach();
      onReport(await probe.report(), step - 1);
    },
    onTrainEnd: async () => end(),
  };
}

const warn = (rows: core.DriftRow[], step: number): void => {
  for (const { name, warning } of rows) {
    if (warning)
      console.warn(`Step ${step}, layer "${name}": ${warning}. Lower its clamp, or the learning rate.`);
  }
};

import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { invertibleLayers } from './invertible-layer';

const attach = (model: tfl.LayersModel, probe: core.DriftProbe | undefined) => {
  for (const layer of invertibleLayers(model)) layer.drift = probe;
};

/**
 * How far the inputs that the gradient rebuilds are from the true ones, layer by layer: one training step is made, its
 * gradients are thrown away. Rows stand in the order of the forward pass; layers that store their activations have none.
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
  const probe = core.driftProbe(options);
  attach(model, probe);
  try {
    tf.tidy(() => {
      tf.variableGrads(() => {
        const outputs = [model.apply(inputs, { training: true })].flat() as tf.Tensor[];
        return tf.addN(outputs.map((t) => tf.mean(t))) as tf.Scalar;
      });
    });
    return await probe.report();
  } finally {
    attach(model, undefined);
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
  { every = 100, onReport = warn, ...options }: DriftMonitorOptions = {},
): tfl.CustomCallbackArgs {
  let step = 0;
  let probe: core.DriftProbe | undefined;
  return {
    onBatchBegin: async () => {
      if (step++ % every !== 0) return;
      probe = core.driftProbe(options);
      attach(model, probe);
    },
    onBatchEnd: async () => {
      const seen = probe;
      if (!seen) return;
      probe = undefined;
      attach(model, undefined);
      onReport(await seen.report(), step - 1);
    },
    onTrainEnd: async () => {
      attach(model, undefined);
      probe?.dispose();
    },
  };
}

const warn = (rows: core.DriftRow[], step: number): void => {
  for (const { name, warning } of rows) {
    if (warning)
      console.warn(`Step ${step}, layer "${name}": ${warning}. Lower its clamp, or the learning rate.`);
  }
};

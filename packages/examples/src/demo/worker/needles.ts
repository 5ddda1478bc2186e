import { peakBytes } from '@invertible/core/testing';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import { affineCouplings } from '../../bench/memory/recipes';
import { stepGradients } from '../../step-gradients';
import type { GradientKind, Measured, NeedlesSettings, Prediction } from '../protocol';

const channels = 16;

async function withModel<T>(
  { depth, size }: NeedlesSettings,
  gradient: GradientKind,
  use: (model: tf.LayersModel) => T | Promise<T>,
): Promise<T> {
  const model = tf.sequential({ layers: affineCouplings(depth, [size, size, channels], gradient) });
  try {
    return await use(model);
  } finally {
    model.dispose();
  }
}

export async function predict(settings: NeedlesSettings, limit: number): Promise<Prediction> {
  const { batch } = settings;
  const plan = (gradient: GradientKind, depth = settings.depth) =>
    withModel({ ...settings, depth }, gradient, (model) => inn.memoryPlan(model, { batch }).peakBytes);
  // Stored activations grow by the same number of bytes with every coupling.
  const [one, two] = [await plan('stored', 1), await plan('stored', 2)];
  const deepest = Math.max(0, Math.floor(1 + (limit - one) / (two - one)));
  return { reversible: await plan('reversible'), stored: await plan('stored'), deepest };
}

/** Makes a training step, up to the gradients of all weights, which are thrown away. */
export const measure = (settings: NeedlesSettings, gradient: GradientKind): Promise<Measured> =>
  withModel(settings, gradient, async (model) => {
    const { batch, size } = settings;
    const x = tf.randomNormal([batch, size, size, channels], 0, 1, 'float32', 1);
    const begun = performance.now();
    const { peakBytes: bytes, result } = await peakBytes(() => stepGradients({ tf }, model, x));
    // A GPU has only been asked to.
    await result.at(-1)?.data();
    const milliseconds = performance.now() - begun;
    tf.dispose([x, result]);
    return { bytes, milliseconds };
  });

import { activationBytes } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/** Peak bytes of a gradient of the mean output, beyond those of the weights' gradients. */
export async function activationsOf(model: tfl.Sequential, x: tf.Tensor): Promise<number> {
  const { activations } = await activationBytes(() => {
    const { value, grads } = tf.variableGrads(() => tf.mean(model.apply(x, { training: true }) as tf.Tensor));
    value.dispose();
    return Object.values(grads);
  });
  return activations;
}

/** Saves a model and loads it again, its topology through JSON as in a file. */
export async function reload(model: tfl.LayersModel): Promise<tfl.LayersModel> {
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = { ...artifacts, modelTopology: JSON.parse(JSON.stringify(artifacts.modelTopology)) as object };
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  return tfl.loadLayersModel(tf.io.fromMemory(saved!));
}

/** Math.random that begins anew, so that two runs draw alike. */
export function drawAlike<T>(f: () => T): T {
  let drawn = 0;
  const spy = jest.spyOn(Math, 'random').mockImplementation(() => (0.37 + drawn++ * 0.618) % 1);
  try {
    return f();
  } finally {
    spy.mockRestore();
  }
}

import '@tensorflow/tfjs-backend-cpu';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { reload } from './helpers';

const inputShape = [4, 4, 4];
const zoo: Record<string, () => tfl.layers.Layer> = {
  actNorm: () => inn.actNorm({ inputShape }),
  conv1x1: () => inn.conv1x1({ inputShape, reflections: 2, seed: 3 }),
  additiveCoupling: () => inn.additiveCoupling({ inputShape, hidden: 5, split: 1 }),
  affineCoupling: () => inn.affineCoupling({ inputShape, hidden: 5, kernel: 5, clamp: 1.5, flip: true }),
  'squeeze, patch': () => inn.squeeze({ inputShape, pattern: 'patch' }),
  'squeeze, inverse': () => inn.squeeze({ inputShape, inverse: true }),
  logit: () => inn.logit({ inputShape, alpha: 0.1 }),
  'stored gradient': () => inn.affineCoupling({ inputShape, gradient: 'stored', name: 'mine' }),
};

test.each(Object.entries(zoo))('a config comes back whole, and so do the outputs: %s', async (_, make) => {
  await tf.setBackend('cpu');
  const model = tfl.sequential({ layers: [make()] });
  const loaded = await reload(model);
  expect(loaded.layers.at(-1)!.getConfig()).toEqual(model.layers.at(-1)!.getConfig());
  const x = tf.randomUniform([2, ...inputShape], 0, 1, 'float32', 1);
  const values = (m: tfl.LayersModel) => Array.from((m.predict(x) as tf.Tensor).dataSync());
  expect(values(loaded)).toEqual(values(model));
});

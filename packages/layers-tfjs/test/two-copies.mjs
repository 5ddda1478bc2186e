/** Layers of the two builds of the package in one process, as when one library imports it and another requires it. */
import '@tensorflow/tfjs-backend-cpu';
import assert from 'node:assert';
import { createRequire } from 'node:module';
import * as imported from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

const required = createRequire(import.meta.url)('@invertible/layers-tfjs');
await tf.setBackend('cpu');
assert.notStrictEqual(imported.actNorm, required.actNorm);

for (const [a, b] of [
  [imported, required],
  [required, imported],
]) {
  const model = tfl.sequential();
  model.add(a.affineCoupling({ inputShape: [4], hidden: 4 }));
  model.add(b.affineCoupling({ hidden: 4 }));
  for (const { gaussianLikelihood } of [a, b]) {
    assert.throws(() => model.add(gaussianLikelihood()), /a layer of this copy of @invertible\/layers-tfjs/);
  }
}

/** The gradient of three couplings, the second of one of both. */
const gradients = (second) => {
  const model = tfl.sequential();
  for (const [k, { affineCoupling }] of [imported, second, imported].entries()) {
    model.add(affineCoupling({ inputShape: [4], hidden: 4, seed: k }));
  }
  const noise = (shape, k) => tf.randomNormal(shape, 0, 0.3, 'float32', k + 1);
  model.setWeights(model.getWeights().map((w, k) => tf.add(w, noise(w.shape, k))));
  const loss = () => tf.mean(tf.square(model.apply(noise([5, 4], 99), { training: true })));
  const { value, grads } = tf.variableGrads(loss);
  return [value, ...Object.values(grads)].flatMap((t) => Array.from(t.dataSync()));
};
const mixed = gradients(required);
for (const [k, g] of gradients(imported).entries()) assert.ok(Math.abs(g - mixed[k]) < 1e-6);

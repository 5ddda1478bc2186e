import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { registerKernels } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { activationsOf } from './helpers';

/** A reversible vision transformer, as docs/guide/memory.md shows it: additive couplings of attention and MLPs in turn. */
function classifier(blocks: number, gradient: 'reversible' | 'stored' = 'reversible'): tfl.Sequential {
  const model = tfl.sequential();
  const [kernelInitializer, last] = [1, 2].map((seed) => tfl.initializers.glorotNormal({ seed }));
  const first = { filters: 32, kernelSize: 4, strides: 4, inputShape: [16, 16, 1] };
  model.add(tfl.layers.conv2d({ ...first, kernelInitializer: kernelInitializer! }));
  model.add(inn.pixelAffine({ gradient }));
  for (let seed = 0; seed < blocks; seed++) {
    const attention = inn.attention({ hidden: 16 });
    model.add(inn.additiveCoupling({ conditioner: attention, seed, gradient }));
    model.add(inn.additiveCoupling({ conditioner: inn.mlp({ hidden: 64 }), flip: true, seed, gradient }));
  }
  model.add(tfl.layers.globalAveragePooling2d({}));
  model.add(tfl.layers.dense({ units: 4, activation: 'softmax', kernelInitializer: last! }));
  return model;
}

/** Waves in four directions, of any phase, under noise; the direction is the class. */
function waves(n: number, seed: number) {
  const kind = tf.mod(tf.range(0, n), 4);
  const angle = tf.reshape(tf.mul(kind, Math.PI / 4), [n, 1, 1]);
  const phase = tf.randomUniform([n, 1, 1], 0, 2 * Math.PI, 'float32', seed);
  const along = (shape: number[]) => tf.mul(tf.reshape(tf.range(0, 16), shape), Math.PI / 4);
  const place = tf.add(tf.mul(along([1, 16, 1]), tf.cos(angle)), tf.mul(along([1, 1, 16]), tf.sin(angle)));
  const noise = tf.randomNormal([n, 16, 16], 0, 1, 'float32', seed + 1);
  const images = tf.expandDims(tf.add(tf.sin(tf.add(place, phase)), noise), 3);
  return { images, classes: tf.oneHot(tf.cast(kind, 'int32'), 4) };
}

beforeAll(async () => {
  registerKernels();
  await tf.setBackend('wasm');
});

test('learns under model.fit what it has not seen', async () => {
  const model = classifier(2);
  model.compile({ optimizer: tf.train.adam(3e-3), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const [seen, other] = [waves(256, 1), waves(200, 11)];
  const options = { epochs: 6, batchSize: 32, shuffle: false, verbose: 0 } as const;
  await model.fit(seen.images, seen.classes, options);
  const [, accuracy] = model.evaluate(other.images, other.classes) as tf.Scalar[];
  // Chance is 0.25.
  expect(accuracy!.dataSync()[0]).toBeGreaterThan(0.9);
});

test('a step takes no more memory with 16 blocks than with 2', async () => {
  const { images } = waves(8, 1);
  const [shallow, deep] = [
    await activationsOf(classifier(2), images),
    await activationsOf(classifier(16), images),
  ];
  expect(deep / shallow).toBeLessThan(1.05);
  expect((await activationsOf(classifier(16, 'stored'), images)) / deep).toBeGreaterThan(5);
});

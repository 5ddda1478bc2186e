import { fileURLToPath } from 'node:url';
import { toSafetensors } from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import { chooseBackend } from '../../backend';
import { writeFile } from '../../raster';
import { oneHot } from '../batches';
import { type Digits, loadDigits, side } from '../data';
import { classifierNetwork, read, weightNames, weightsFile } from './network';

/** Trains the network that reads the samples of `npm start`, and writes its weights: node --import tsx src/mnist/classifier/main.ts */

const [epochs, batchSize] = [4, 64];
await chooseBackend();
const model = classifierNetwork();
const images = (digits: Digits) =>
  tf.tidy(() => tf.div(tf.tensor4d(Float32Array.from(digits.bytes), [digits.count, side, side, 1]), 255));

const [train, test] = [loadDigits('train'), loadDigits('test')];
const [x, y] = [images(train), oneHot(train.labels)];
for (let epoch = 0; epoch < epochs; epoch++) {
  model.compile({ optimizer: tf.train.adam(0.003 * 0.4 ** epoch), loss: 'categoricalCrossentropy' });
  const { history } = await model.fit(x, y, { batchSize, epochs: 1, verbose: 0 });
  const found = await read(model, images(test));
  const right = found.filter((digit, i) => digit === test.labels[i]).length / test.count;
  const loss = Number(history.loss?.[0]).toFixed(4);
  console.log(`epoch ${epoch + 1}: loss ${loss}, ${(100 * right).toFixed(2)} % of the test set read right`);
}
const weights = Object.fromEntries(model.getWeights().map((w, i) => [weightNames[i]!, w]));
writeFile(
  fileURLToPath(weightsFile),
  await toSafetensors(weights, { of: 'MNIST digits, 28 × 28 in [0, 1], to classes 0–9' }),
);

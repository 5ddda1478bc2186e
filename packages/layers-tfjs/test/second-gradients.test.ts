import '@tensorflow/tfjs-backend-cpu';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/** Losses that are made of a gradient, trained in the weights: where tfjs differentiates twice. */

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
const x = () => normal([6, 4], 1);

type Score = (x: tf.Tensor) => tf.Tensor;

const losses: Record<string, (logProb: Score) => tf.Tensor> = {
  'a gradient penalty': (logProb) => {
    const slope = tf.grad((t: tf.Tensor) => tf.sum(logProb(t)))(x());
    return tf.mean(tf.square(tf.sub(tf.sqrt(tf.sum(tf.square(slope), 1)), 1)));
  },
  'denoising score matching': (logProb) => {
    const noise = tf.mul(normal([6, 4], 2), 0.1);
    const score = tf.grad((t: tf.Tensor) => tf.sum(logProb(t)))(tf.add(x(), noise));
    return tf.mean(tf.square(tf.add(score, tf.mul(noise, 0.1))));
  },
  'a slope along a direction': (logProb) => {
    const score = tf.grad((t: tf.Tensor) => tf.sum(logProb(t)))(x());
    return tf.mean(tf.mul(score, normal([6, 4], 3)));
  },
};

const layers: Record<string, (gradient: 'reversible' | 'stored') => tfl.layers.Layer[]> = {
  'additive couplings of softplus': (gradient) =>
    [0, 1].map((seed) =>
      inn.additiveCoupling({ hidden: 6, activation: 'softplus', seed, gradient, flip: seed > 0 }),
    ),
  'affine couplings of tanh, ActNorm, reflections': (gradient) => [
    inn.actNorm({ gradient }),
    inn.conv1x1({ gradient }),
    inn.affineCoupling({ hidden: 6, activation: 'tanh', gradient }),
    inn.affineCoupling({ hidden: 6, activation: 'softplus', gradient, flip: true }),
  ],
};

describe.each(Object.keys(losses))('%s', (of) => {
  describe.each(Object.keys(layers))('through %s', (which) => {
    test.each(['reversible', 'stored'] as const)('%s: the gradient is that of differences', (gradient) => {
      const model = tfl.sequential();
      model.add(tfl.layers.inputLayer({ inputShape: [4] }));
      for (const layer of layers[which]!(gradient)) model.add(layer);
      model.add(inn.gaussianLikelihood());
      // Those that train come first; the others, such as a deviation, stay.
      const trains = model.trainableWeights.length;
      const w = model
        .getWeights()
        .map((t, i) => (i < trains ? tf.add(t, tf.mul(normal(t.shape, 10 + i), 0.4)) : t));
      model.setWeights(w);
      const loss = () => losses[of]!((t) => tf.neg(model.apply(t) as tf.Tensor)) as tf.Scalar;
      const { grads } = tf.variableGrads(loss);
      const v = w.map((t, i) => tf.mul(normal(t.shape, 50 + i), 1 / Math.sqrt(t.size)));
      const slopes = model.trainableWeights.map((variable, i) => {
        const g = grads[variable.name] ?? grads[(variable.read() as tf.Variable).name]!;
        return tf.sum(tf.mul(g, v[i]!)).dataSync()[0]!;
      });
      const at = (h: number) => {
        model.setWeights(w.map((t, i) => (i < trains ? tf.add(t, tf.mul(v[i]!, h)) : t)));
        return loss().dataSync()[0]!;
      };
      const difference = (h: number) => (at(h) - at(-h)) / (2 * h);
      const [near, far] = [difference(0.01), difference(0.02)];
      const expected = (4 * near - far) / 3;
      const found = slopes.reduce((a, b) => a + b);
      expect(Math.abs(found - expected) / Math.abs(expected)).toBeLessThan(1e-3);
    });
  });
});

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

beforeAll(() => tf.setBackend('cpu'));

const hidden = 4;
const numbers = (t: tf.Tensor) => Array.from(t.dataSync());

/** Maps that need a half that stays. */
const divided: Record<string, () => core.Bijection> = {
  realNvp: () => core.realNvp({ hidden }),
  splineFlow: () => core.splineFlow({ hidden }),
  nice: () => core.nice({ hidden }),
  hint: () => core.hint({ hidden }),
  glow: () => core.glow({ shape: [1], hidden }),
  'glow without splits': () => core.glow({ split: false, hidden }),
  conditionalGlow: () => core.conditionalGlow({ shape: [1], hidden }),
  multiscaleHint: () => core.multiscaleHint({ shape: [1], hidden }),
  conditionalHint: () => core.conditionalHint({ hidden }),
  additiveCoupling: () => core.additiveCoupling({ hidden }),
  affineCoupling: () => core.affineCoupling({ hidden }),
  'affineCoupling of a given split': () => core.affineCoupling({ hidden, split: 1 }),
  splineCoupling: () => core.splineCoupling({ hidden }),
  glowCoupling: () => core.glowCoupling({ hidden }),
  hintCoupling: () => core.hintCoupling({ hidden }),
  irimCoupling: () => core.irimCoupling({ hidden }),
  momentum: () => core.momentum({ hidden }),
  hyperbolic: () => core.hyperbolic({ hidden }),
};

test.each(Object.entries(divided))('%s refuses one feature and names what moves it', (_, make) => {
  expect(() => core.createWeights(make(), [3, 1], { condition: [3, 2] })).toThrow(
    /at least 2 channels, of which some move others, got 1\. .*spline.*conditionalSpline.*conditionalAffine/,
  );
});

/** −log p of x after a training, and before it. */
function fitted(b: core.Bijection, x: tf.Tensor, condition?: tf.Tensor) {
  const [op, base] = [core.reversible(b), core.normal()];
  return tf.tidy(() => {
    const given = condition && { condition };
    const fresh = core.initialize(b, x, given);
    const specs = b.weights(x.shape, condition?.shape);
    const w: core.Weights = Object.fromEntries(
      specs.map(({ name, trainable = true }) => [name, tf.variable(fresh[name]!, trainable)]),
    );
    const nll = () => {
      const { y, logDet } = op(x, w, given);
      return tf.neg(tf.mean<tf.Scalar>(tf.add(base.logProb(y, {}), logDet)));
    };
    const [before = Number.NaN] = numbers(nll());
    const adam = tf.train.adam(0.05);
    for (let step = 0; step < 40; step++) adam.minimize(nll);
    adam.dispose();
    const [after = Number.NaN] = numbers(nll());
    tf.disposeVariables();
    return { before, after };
  });
}

/** So many numbers of a mixture of two narrow normals, the second where the sign is 1. */
const twoPeaks = (signs: tf.Tensor) =>
  tf.add(tf.randomNormal(signs.shape, 0, 0.3, 'float32', 7), tf.mul(signs, 1.5));
const signs = () => tf.tensor2d(Array.from({ length: 60 }, (_, i) => [i % 2 === 0 ? 1 : -1]));
/** Entropy of one of them. */
const entropy = 0.5 * Math.log(2 * Math.PI * Math.E * 0.09);

test('a spline learns the two peaks of one feature', () => {
  const flow = core.chain([core.standardize(), core.spline({ bins: 8 })]);
  const { before, after } = fitted(flow, twoPeaks(signs()));
  // A normal of deviation 1.53 has entropy 1.84; the mixture that of a peak and log 2, 0.91.
  expect(before).toBeCloseTo(1.84, 1);
  expect(after).toBeLessThan(entropy + Math.log(2) + 0.3);
});

test.each([
  ['conditionalSpline', () => core.conditionalSpline({ hidden })],
  ['conditionalAffine', () => core.conditionalAffine({ hidden })],
])('%s learns where one feature lies, given a condition', (_, make) => {
  const { before, after } = fitted(core.chain([core.standardize(), make()]), twoPeaks(signs()), signs());
  expect(before).toBeCloseTo(1.84, 1);
  expect(after).toBeLessThan(entropy + 0.3);
});

test('a volume-preserving map of one feature, which would only shift it, is refused', () => {
  const b = core.conditionalAffine({ hidden, volumePreserving: true });
  expect(() => core.createWeights(b, [3, 1], { condition: [3, 2] })).toThrow(/at least 2 channels/);
});

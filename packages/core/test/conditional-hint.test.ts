import '@tensorflow/tfjs-backend-cpu';
import * as core from '@invertible/core';
import { relativeError } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

test('both lanes and each of them alone read the same weights: p(x, y) = p(x|y) p(y)', async () => {
  const lanes = (lane: 'both' | 'x' | 'y') =>
    core.conditionalHintCoupling({ hidden: 4, leaf: 1, split: 3, lane });
  const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
  const [x, y] = [normal([4, 5], 1), normal([4, 3], 2)];
  const both = lanes('both');
  const w = Object.fromEntries(
    both.weights([4, 8]).map(({ name, shape }, i) => [name, normal([...shape], 10 + i)]),
  );
  const joint = both.forward(tf.concat([x, y], 1), w);
  const own = (b: core.Bijection, shape: number[], condition?: number[]) =>
    Object.fromEntries(b.weights(shape, condition).map(({ name }) => [name, w[name]!]));
  const ofX = lanes('x').forward(x, own(lanes('x'), [4, 5], [4, 3]), y);
  const ofY = lanes('y').forward(y, own(lanes('y'), [4, 3]));
  expect(await relativeError(tf.concat([ofX.y, ofY.y], 1), joint.y)).toBeLessThan(1e-6);
  expect(await relativeError(tf.add(ofX.logDet, ofY.logDet), joint.logDet)).toBeLessThan(1e-6);
  const names = [lanes('x').weights([4, 5], [4, 3]), lanes('y').weights([4, 3])].flat().map((s) => s.name);
  expect(new Set(names)).toEqual(new Set(Object.keys(w)));
});

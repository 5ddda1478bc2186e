import '@tensorflow/tfjs-backend-cpu';
import * as core from '@invertible/core';
import { relativeError } from '@invertible/core/testing';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';

test('a graph given a condition is a flow that trains, tells densities and is undone', async () => {
  await tf.setBackend('cpu');
  const bijection = core.graph({
    shape: [4],
    nodes: [
      { from: 'x', through: core.actNorm(), to: 'scaled' },
      { from: 'scaled', split: { a: 2, b: 2 } },
      { from: 'b', through: core.conditionalAffine({ hidden: 6 }), given: 'a', to: 'moved' },
      { from: 'a', through: core.conditionalAffine({ hidden: 6 }), given: 'condition', to: 'other' },
      { join: ['other', 'moved'], to: 'y' },
    ],
  });
  const flow = inn.flow({ bijection, shape: [4], condition: [3] });
  const condition = tf.randomNormal([64, 3], 0, 1, 'float32', 1);
  const x = tf.add(tf.mul(tf.randomNormal([64, 4], 0, 1, 'float32', 2), 2), 1);
  const { history } = await flow.fit(x, { condition, epochs: 3, batchSize: 32, verbose: 0 });
  expect((history.loss as number[]).at(-1)).toBeLessThan((history.loss as number[])[0] ?? 0);
  const { z } = flow.forward(x, { condition });
  expect(await relativeError(flow.inverse(z, { condition }).x, x)).toBeLessThan(1e-5);
  flow.dispose();
});

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as core from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { reload } from './helpers';

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
const values = (t: tf.Tensor) => Array.from(t.dataSync());

const network = { shape: [4, 4, 2], scales: 1, steps: 2, hidden: 4 };
const named = { label: [3], image: [4, 4, 1] };

/** Weights that are far from the identity, the same for flows of the same sizes. */
function shaken(flow: inn.Flow): inn.Flow {
  tf.tidy(() => {
    const weights = flow.model.getWeights();
    flow.model.setWeights(weights.map((w, k) => tf.add(w, tf.mul(0.2, normal(w.shape, k + 1)))));
  });
  return flow;
}

describe.each(['cpu', 'wasm'])('several conditions, on %s', (backend) => {
  beforeAll(async () => {
    core.registerKernels();
    await tf.setBackend(backend);
  });

  const x = () => normal([5, 4, 4, 2], 1);
  const label = () => tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1], 'int32'), 3);
  const image = () => normal([5, 4, 4, 1], 2);

  test('they are one condition, the label at every pixel beside the image', () => {
    const flow = shaken(inn.conditionalGlow({ ...network, condition: named }));
    const joined = shaken(inn.conditionalGlow({ ...network, condition: [4, 4, 4] }));
    const everywhere = tf.tile(tf.reshape(tf.cast(label(), 'float32'), [5, 1, 1, 3]), [1, 4, 4, 1]);
    const condition = tf.concat([everywhere, image()], -1);
    const expected = values(joined.logProb(x(), { condition }));
    expect(values(flow.logProb(x(), { condition: { image: image(), label: label() } }))).toEqual(expected);
    expect(values(flow.logProb(x(), { condition: [label(), image()] }))).toEqual(expected);
    const others = flow.logProb(x(), { condition: { label: tf.reverse(label(), 1), image: image() } });
    expect(values(others)).not.toEqual(expected);
    expect(flow.conditionShape).toEqual([4, 4, 4]);
    expect(String(flow)).toContain('given label [3], image [4, 4, 1]');
  });

  test('such a flow trains by tensors and by a dataset, draws, and is loaded as it was', async () => {
    const flow = inn.conditionalGlow({ ...network, condition: named });
    const condition = { label: label(), image: image() };
    const data = x();
    const before = await flow.evaluate(data, { condition });
    await flow.fit(data, { condition, epochs: 3, verbose: 0, validationData: [data, condition] });
    const batch = () => ({ xs: [x(), label(), image()], ys: tf.zeros([5, 1]) });
    const dataset = {
      iterator: async () => ({ next: async () => ({ value: batch(), done: false }) }),
    };
    await flow.fitDataset(dataset as never, { epochs: 1, batchesPerEpoch: 2, verbose: 0 });
    expect(await flow.evaluate(data, { condition })).toBeLessThan(before);
    const count = tf.memory().numTensors;
    tf.dispose([flow.logProb(data, { condition }), flow.sample(5, { condition, seed: 1 })]);
    const each = flow.sample(2, { condition, each: true, seed: 1 });
    expect(each.shape).toEqual([5, 2, 4, 4, 2]);
    const one = { label: tf.tensor1d([0, 1, 0]), image: tf.zeros([1, 4, 4, 1]) };
    const posterior = flow.posterior(one);
    expect(posterior.sample(3, { seed: 1 }).shape).toEqual([3, 4, 4, 2]);
    posterior.dispose();
    tf.dispose(one);
    // What was drawn twice.
    expect(tf.memory().numTensors - count).toBe(2);
    const again = new inn.Flow(await reload(flow.model));
    expect(again.conditions).toEqual(flow.conditions);
    expect(values(again.logProb(data, { condition }))).toEqual(values(flow.logProb(data, { condition })));
  });

  test('the gradient reaches each of them', () => {
    const flow = shaken(inn.conditionalGlow({ ...network, condition: named }));
    const [c1, c2] = [tf.cast(label(), 'float32'), image()];
    const loss = (a: tf.Tensor, b: tf.Tensor) =>
      tf.sum<tf.Scalar>(flow.logProb(x(), { condition: { label: a, image: b } }));
    const gradients = tf.grads(loss as never)([c1, c2]);
    for (const [k, g] of gradients.entries()) {
      const towards = normal(g.shape, 7 + k);
      const at = (by: number) => {
        const moved = [c1, c2].map((c, i) => (i === k ? tf.add(c, tf.mul(by, towards)) : c));
        return loss(moved[0]!, moved[1]!).dataSync()[0]!;
      };
      const expected = (at(1e-2) - at(-1e-2)) / 2e-2;
      const got = tf.sum(tf.mul(g, towards)).dataSync()[0]!;
      expect(Math.abs(got - expected)).toBeLessThan(1e-2 * Math.max(1, Math.abs(expected)));
    }
  });

  test('what does not fit is refused by name', () => {
    const flow = inn.conditionalGlow({ ...network, condition: named });
    const ask = (condition: unknown) => () => flow.logProb(x(), { condition: condition as inn.Condition });
    expect(ask(undefined)).toThrow('a condition "label" [5, 3] or [1, 3], got none');
    expect(ask(label())).toThrow('the conditions label, image, got 1 of them');
    expect(ask({ label: label() })).toThrow('the conditions label, image, got label');
    expect(ask({ label: label(), picture: image() })).toThrow('got label, picture');
    expect(ask([image(), label()])).toThrow('a condition "label" [5, 3]');
    expect(ask({ label: label(), image: 3 })).toThrow('condition to be a tensor, or several');
    const make = (condition: never) => () => inn.conditionalGlow({ ...network, condition });
    expect(make({ label: [3], image: [4, 4, 1], wide: [4, 8, 1] } as never)).toThrow(
      'conditions of one spatial size, [4, 4] like the first, got [4, 8]',
    );
    expect(make({} as never)).toThrow('condition to be');
  });

  test("in a model of one's own the layer does the same", () => {
    const inputs = [tfl.input({ shape: [4, 4, 1] }), tfl.input({ shape: [3] })];
    const outputs = inn.joinConditions().apply(inputs) as tfl.SymbolicTensor;
    expect(outputs.shape).toEqual([null, 4, 4, 4]);
    const model = tfl.model({ inputs, outputs });
    const joined = model.predict([image(), tf.cast(label(), 'float32')]) as tf.Tensor;
    expect(joined.shape).toEqual([5, 4, 4, 4]);
    expect(values(tf.slice(joined, [1, 3, 2, 1], [1, 1, 1, 3]))).toEqual([0, 1, 0]);
  });
});

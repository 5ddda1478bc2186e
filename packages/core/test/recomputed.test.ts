import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as core from '@invertible/core';
import { activationBytes } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
const values = (t: tf.Tensor) => Array.from(t.dataSync());
let [w, b]: tf.Variable[] = [];
let variables: tf.Variable[] = [];
beforeAll(async () => {
  await tf.setBackend('cpu');
  variables = [tf.variable(normal([4, 4], 1)), tf.variable(normal([4], 2))];
  [w, b] = variables;
});
const layer = (x: tf.Tensor) => tf.tanh(tf.add(tf.matMul(x, w!), b!));

const functions: Record<string, core.Recomputable> = {
  'one input, one output': ([x]) => [layer(layer(x!))],
  'two of each': ([x, y]) => [layer(tf.add(x!, layer(y!))), tf.mul(x!, y!)],
  'an output that is an input': ([x, y]) => [x!, layer(y!)],
  'an output that is a variable': ([x]) => [layer(x!), w!],
  'an output that nobody reads': ([x, y]) => [layer(x!), layer(y!)],
  'one inside another': ([x]) => core.recomputed(([t]) => [layer(layer(t!))], { variables })([layer(x!)]),
  'a reversible op inside': ([x]) => [layer(core.reversible(core.leakyRelu())(layer(x!), {}).y)],
  dropout: ([x]) => [tf.dropout(layer(tf.dropout(x!, 0.5)), 0.3)],
  'an index': ([x]) => [tf.gather(layer(x!), tf.tensor1d([0, 2, 2], 'int32'))],
  'unused inputs': ([, y]) => [layer(y!)],
};

/** All gradients of one function of inputs and variables, with the same draws each time. */
function gradients(run: (xs: tf.Tensor[]) => tf.Tensor[], firstOnly = false): number[][] {
  let drawn = 0;
  const spy = jest.spyOn(Math, 'random').mockImplementation(() => (drawn++ * 0.618) % 1);
  const loss = (...xs: tf.Tensor[]) => {
    const ys = run(xs.map((x) => tf.mul(x, 1.5)));
    const read = firstOnly ? ys.slice(0, 1) : ys;
    return tf.addN([
      ...xs.map((x) => tf.sum(x)),
      ...read.map((y, i) => tf.sum(tf.mul(tf.square(y), i + 1))),
    ]) as tf.Scalar;
  };
  return tf.tidy(() => {
    const xs = [normal([4, 4], 3), normal([4, 4], 4)];
    const dx = tf.grads(loss)(xs);
    const { value, grads } = tf.variableGrads(() => loss(...xs), [...variables]);
    spy.mockRestore();
    return [value, ...dx, ...Object.values(grads)].map(values);
  });
}

describe.each(['cpu', 'wasm'])('%s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
    core.registerKernels();
  });

  test.each(Object.entries(functions))('%s: gradients are those of the tape, to the last bit', (name, f) => {
    const firstOnly = name.includes('nobody');
    const stock = gradients((xs) => f(xs, false), firstOnly);
    const before = tf.memory().numTensors;
    expect(gradients((xs) => core.recomputed(f, { variables })(xs), firstOnly)).toEqual(stock);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('nothing between inputs and outputs is stored: four of sixteen layers hold less than half', async () => {
    const x = normal([64, 4], 1);
    const deep: core.Recomputable = ([t]) => [layer(layer(layer(layer(t!))))];
    const peak = (f: (xs: tf.Tensor[]) => tf.Tensor[]) =>
      activationBytes(() => {
        const run = () => tf.sum([0, 1, 2, 3].reduce(([t]) => f([t!]), [x])[0]!) as tf.Scalar;
        const { value, grads } = tf.variableGrads(run, [...variables]);
        value.dispose();
        return Object.values(grads);
      });
    const stored = await peak((xs) => deep(xs, false));
    const recomputed = await peak(core.recomputed(deep, { variables }));
    expect(recomputed.activations).toBeLessThan(stored.activations / 2);
  });
});

describe('cpu', () => {
  beforeAll(() => tf.setBackend('cpu'));

  test('a second gradient is that of the tape', () => {
    const f: core.Recomputable = ([x]) => [layer(tf.sigmoid(x!))];
    const penalty = (run: (xs: tf.Tensor[]) => tf.Tensor[]) => {
      const slope = tf.grad((x: tf.Tensor) => tf.sum(run([x])[0]!));
      return tf.tidy(() => values(tf.grad((x: tf.Tensor) => tf.sum(tf.square(slope(x))))(normal([4, 4], 1))));
    };
    const numbers = penalty((xs) => core.recomputed(f, { variables })(xs));
    const h = 1e-2;
    const at = (step: number) => {
      const x = tf.add(normal([4, 4], 1), tf.mul(tf.reshape(tf.oneHot([0], 16), [4, 4]), step));
      return tf.sum(tf.square(tf.grad((t: tf.Tensor) => tf.sum(f([t], false)[0]!))(x))).dataSync()[0]!;
    };
    expect(numbers[0]).toBeCloseTo((at(h) - at(-h)) / (2 * h), 2);
  });

  test('a variable that is assigned to in between is refused', () => {
    const f = core.recomputed(([x]) => [layer(x!)], { variables });
    const assigning = () => {
      const [y] = f([normal([4, 4], 1)]);
      b!.assign(tf.ones([4]));
      return tf.sum(y!) as tf.Scalar;
    };
    expect(() => tf.variableGrads(assigning)).toThrow(/weights of the forward pass in the backward pass/);
  });
});

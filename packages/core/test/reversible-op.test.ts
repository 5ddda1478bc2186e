import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { activationBytes } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
const shape = [4, 8, 8, 4];

const kinds: Record<string, () => core.Bijection> = {
  actNorm: () => core.actNorm(),
  conv1x1: () => core.conv1x1(),
  additiveCoupling: () => core.additiveCoupling({ hidden: 6 }),
  affineCoupling: () => core.affineCoupling({ hidden: 6 }),
  'squeeze and back': () => core.chain([core.squeeze(), core.reverse(core.squeeze())]),
  'logit and back': () =>
    core.chain([core.reverse(core.logit({ alpha: 0.01 })), core.logit({ alpha: 0.01 })]),
};

const dot = (x: tf.Tensor, A: tf.Tensor) =>
  tf.reshape(tf.matMul(tf.reshape(x, [-1, 4]) as tf.Tensor2D, A as tf.Tensor2D), x.shape);

interface Stack {
  ops: core.Bijection[];
  weights: tf.NamedTensorMap[];
  run(x: tf.Tensor): tf.Scalar;
}

/** Ops that follow each other in a custom loop, each with variables of its own. */
function stack(ops: core.Bijection[]): Stack {
  const weights = ops.map((b, k) =>
    Object.fromEntries(
      Object.entries(core.createWeights(b, shape, { seed: k })).map(([name, t]) => {
        const variable = tf.variable(t);
        t.dispose();
        return [name, variable];
      }),
    ),
  );
  return {
    ops,
    weights,
    run: (x) => {
      let state: core.Applied | undefined;
      ops.forEach((b, k) => {
        state = core.reversible(b)(state?.y ?? x, weights[k]!, {
          ...(state && { logDet: state.logDet }),
          consume: state !== undefined,
        });
      });
      return tf.sub(tf.mean(tf.square(state!.y)), tf.mean(state!.logDet)) as tf.Scalar;
    },
  };
}

describe.each(['cpu', 'wasm'])('%s', (backend) => {
  beforeAll(async () => {
    core.registerKernels();
    await tf.setBackend(backend);
  });

  test.each(Object.entries(kinds))('peak memory of a custom loop is flat in depth: %s', async (_, make) => {
    const x = normal(shape, 1);
    const activations = async (depth: number) => {
      const { run, weights } = stack(Array.from({ length: depth }, make));
      const variables = weights.flatMap((w) => Object.values(w)) as tf.Variable[];
      const step = () =>
        variables.length > 0
          ? Object.values(tf.variableGrads(() => run(x)).grads)
          : [tf.grad((t: tf.Tensor) => run(t))(x)];
      tf.dispose(step());
      const { activations: bytes } = await activationBytes(step);
      tf.dispose(variables);
      return bytes;
    };
    const [shallow, deep] = [await activations(4), await activations(24)];
    expect(shallow).toBeGreaterThan(0);
    expect(deep / shallow).toBeLessThan(1.05);
  });

  test.each([
    ['forward', 1],
    ['forward', 3],
    ['pullback', 0],
    ['pullback', 2],
  ] as const)('an exception in the %s of op %i leaves no tensor', (method, at) => {
    const x = normal(shape, 1);
    const stem = tf.variable(normal([4, 4], 9));
    const fail = () => {
      throw new Error('the op broke');
    };
    const ops = Array.from({ length: 4 }, (_, k) => ({
      ...core.affineCoupling({ hidden: 4 }),
      ...(k === at && { [method]: fail }),
    }));
    const { run } = stack(ops);
    const before = tf.memory().numTensors;
    expect(() => tf.tidy(() => tf.variableGrads(() => run(tf.tanh(dot(x, stem)))))).toThrow('the op broke');
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a forward pass without a backward one leaves no tensor', () => {
    const { run } = stack([core.actNorm(), core.affineCoupling({ hidden: 4 })]);
    const x = normal(shape, 1);
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      run(x);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('applied without a tape and outside a tidy it leaves its two results', () => {
    const b = core.actNorm();
    const [x, w] = [normal(shape, 1), core.createWeights(b, shape)];
    const before = tf.memory().numTensors;
    const { y, logDet } = core.reversible(b)(x, w);
    expect(tf.memory().numTensors - before).toBe(2);
    expect(x.isDisposed).toBe(false);
    tf.dispose([y, logDet]);
  });

  test('optimizer.minimize learns', () => {
    const { run } = stack([core.actNorm(), core.affineCoupling({ hidden: 4 }), core.conv1x1()]);
    const x = normal(shape, 1);
    const optimizer = tf.train.adam(0.01);
    const losses = Array.from({ length: 20 }, () => {
      const cost = optimizer.minimize(() => run(x), true)!;
      const value = cost.dataSync()[0]!;
      cost.dispose();
      return value;
    });
    expect(losses.at(-1)!).toBeLessThan(losses[0]! - 0.1);
  });
});

test('integers are the numbers that they are, and nothing is left of their casts', () => {
  const b = core.affineCoupling({ hidden: 3 });
  const x = tf.tensor2d([[1, 2, 3, 4]], [1, 4], 'int32');
  const c = tf.tensor2d([[1, 0]], [1, 2], 'bool');
  const floats = [tf.cast(x, 'float32'), tf.cast(c, 'float32')] as const;
  const w = core.createWeights(b, x.shape, { seed: 3, condition: c.shape });
  w.W3 = tf.ones(w.W3!.shape);
  const before = tf.memory().numTensors;
  const run = (t: tf.Tensor, condition: tf.Tensor) => core.reversible(b)(t, w, { condition });
  const results = [run(x, c), run(...floats)].map(({ y, logDet }) => [...y.dataSync(), ...logDet.dataSync()]);
  expect(results[0]).toEqual(results[1]);
  const variables = Object.values(w).map((t) => tf.variable(t));
  const named = Object.fromEntries(Object.keys(w).map((name, i) => [name, variables[i]!]));
  const gradients = [[x, c] as const, floats].map(([t, condition]) => {
    const { value, grads } = tf.variableGrads(() =>
      tf.sum(tf.square(core.reversible(b)(t, named, { condition }).y)),
    );
    value.dispose();
    return Object.values(grads).map((g) => Array.from(g.dataSync()));
  });
  expect(gradients[0]).toEqual(gradients[1]);
  expect(tf.memory().numTensors - before).toBe(4 + 3 * variables.length);
});

test('weights that are assigned to between forward and backward are an error, and nothing is left behind', () => {
  const b = core.affineCoupling({ hidden: 3 });
  const x = normal([2, 4], 1);
  const w = Object.fromEntries(
    Object.entries(core.createWeights(b, x.shape, { seed: 3 })).map(([name, t]) => [name, tf.variable(t)]),
  );
  const before = tf.memory().numTensors;
  const step = (assign: boolean) =>
    tf.tidy(() =>
      tf
        .variableGrads(() => {
          const { y } = core.reversible(b)(x, w);
          if (assign) w.b1!.assign(tf.ones(w.b1!.shape));
          return tf.sum(tf.square(y));
        })
        .value.dataSync(),
    );
  expect(() => step(true)).toThrow(/weights of the forward pass in the backward pass, got b1 assigned to/);
  expect(() => step(false)).not.toThrow();
  expect(tf.memory().numTensors).toBe(before);
});

test('a gradient of a gradient through an op outside the inner one is refused, and so is a third', () => {
  const op = core.reversible(core.sigmoid());
  const x = normal([2, 4], 1);
  const outside = tf.grad((t: tf.Tensor) => {
    const { y } = op(t, {});
    return tf.sum(tf.square(tf.grad(() => tf.sum(tf.square(y)))(t)));
  });
  expect(() => outside(x)).toThrow(/inside the inner gradient's own function/);
  const slope = (f: (t: tf.Tensor) => tf.Tensor) => (t: tf.Tensor) => tf.sum(tf.square(tf.grad(f)(t)));
  const first = slope((t) => tf.sum(op(t, {}).y));
  expect(() => tf.grad(first)(x)).not.toThrow();
  expect(() => tf.grad(slope(first))(x)).toThrow(/a gradient inside a gradient/);
});

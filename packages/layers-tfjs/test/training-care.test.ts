import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { chain, conv1x1, pixelAffine, registerKernels } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
const values = (t: tf.Tensor) => Array.from(t.dataSync());
const flow = () => inn.flow({ bijection: inn.affineCoupling({ hidden: 8 }), shape: [2], seed: 1 });

beforeAll(async () => {
  registerKernels();
  await tf.setBackend('wasm');
});

test('clipping: steps of plain gradient descent are no longer than limit × rate, shorter ones are untouched', () => {
  const step = (limit: number) => {
    const [a, b] = [tf.variable(tf.tensor1d([3, 0])), tf.variable(tf.scalar(4))];
    const optimizer = inn.clipByGlobalNorm(tf.train.sgd(1), limit);
    const before = tf.memory().numTensors;
    // The gradient is (3, 0, 4), of norm 5.
    optimizer.minimize(() => tf.mul(0.5, tf.add(tf.sum(tf.square(a)), tf.square(b))) as tf.Scalar, false, [
      a,
      b,
    ]);
    expect(tf.memory().numTensors).toBe(before);
    return [...values(a), ...values(b)];
  };
  step(1).forEach((v, i) => {
    expect(v).toBeCloseTo([3 - 0.6, 0, 4 - 0.8][i]!, 5);
  });
  expect(step(100)).toEqual([0, 0, 0]);
  expect(() => inn.clipByGlobalNorm(tf.train.sgd(1), 0)).toThrow(/a norm above 0/);
});

test('schedules have the values of their formulas, and reach the optimizer', async () => {
  const schedule = inn.warmupCosine({ peak: 1, warmup: 4, total: 12, floor: 0.2 });
  expect([0, 1, 2, 3].map(schedule)).toEqual([0.25, 0.5, 0.75, 1]);
  expect(schedule(8)).toBeCloseTo(0.6, 10);
  expect(schedule(12)).toBeCloseTo(0.2, 10);
  expect(schedule(1000)).toBeCloseTo(0.2, 10);
  expect(inn.exponentialDecay({ start: 2, every: 10 })(20)).toBeCloseTo(0.5, 10);
  const f = flow();
  f.compile({ optimizer: tf.train.sgd(1) });
  const rates: number[] = [];
  await f.fit(normal([32, 2], 1), {
    epochs: 1,
    batchSize: 8,
    verbose: 0,
    callbacks: [
      inn.learningRate(f.model, (step) => 10 ** -(2 + step), { from: 1 }),
      {
        onBatchEnd: async () => {
          rates.push((f.model.optimizer as unknown as { learningRate: number }).learningRate);
        },
      },
    ] as never,
  });
  rates.forEach((r, i) => {
    expect(r).toBeCloseTo(10 ** -(3 + i), 12);
  });
  expect(rates).toHaveLength(4);
});

test('a rate of zero moves nothing', async () => {
  const f = flow();
  f.compile({ optimizer: tf.train.adam(1) });
  const read = () => f.model.getWeights().map(values);
  const start = read();
  await f.fit(normal([16, 2], 1), { verbose: 0, callbacks: inn.learningRate(f.model, () => 0) });
  expect(read()).toEqual(start);
});

test('the moving average follows its formula, lends its weights, and gives them back even after an error', async () => {
  const f = flow();
  f.compile({ optimizer: tf.train.sgd(0.1) });
  const read = () => f.model.getWeights().map(values);
  const average = inn.movingAverage(f.model, { decay: 0.5 });
  const expected = read();
  let n = 0;
  const x = normal([40, 2], 1);
  const follow = {
    onBatchEnd: async () => {
      const d = Math.min(0.5, (1 + n) / (10 + n));
      n++;
      read().forEach((w, i) => {
        w.forEach((v, j) => {
          expected[i]![j] = d * expected[i]![j]! + (1 - d) * v;
        });
      });
    },
  };
  const args = { epochs: 2, batchSize: 8, verbose: 0, callbacks: [average.callback, follow] as never };
  await f.fit(x, args);
  const before = tf.memory().numTensors;
  const own = read();
  await average.during(() => {
    read().forEach((w, i) => {
      w.forEach((v, j) => {
        expect(v).toBeCloseTo(expected[i]![j]!, 5);
      });
    });
  });
  await expect(
    average.during(() => {
      throw new Error('not now');
    }),
  ).rejects.toThrow('not now');
  expect(read()).toEqual(own);
  expect(tf.memory().numTensors).toBe(before);
  average.dispose();
});

test('a bar is told of every epoch and step, and of the mean loss so far', async () => {
  const f = flow();
  const told: [string, ...unknown[]][] = [];
  const bar = {
    start: (...args: unknown[]) => told.push(['start', ...args]),
    update: (...args: unknown[]) => told.push(['update', ...args]),
    stop: () => told.push(['stop']),
  };
  const callbacks = inn.progress(bar as never, { steps: 3 });
  const { history } = await f.fit(normal([12, 2], 1), { epochs: 2, batchSize: 4, verbose: 0, callbacks });
  expect(told.map(([what]) => what).join(' ')).toBe(
    'start update update update stop start update update update stop',
  );
  expect(told[5]).toEqual(['start', 3, 0, { epoch: 2, loss: '–' }]);
  const [, done, { loss }] = told[8] as [string, number, { loss: string }];
  expect(done).toBe(3);
  expect(Number(loss)).toBeCloseTo(history.loss![1] as number, 3);
});

describe('the NaN guard', () => {
  const model = () => {
    const m = tfl.sequential();
    m.add(inn.affineCoupling({ hidden: 4, inputShape: [4], name: `innocent_${model.count}` }));
    m.add(inn.pixelAffine({ name: `guilty_${model.count++}` }));
    m.add(inn.actNorm());
    m.add(inn.gaussianLikelihood());
    m.compile({ optimizer: tf.train.adam(0.01), loss: inn.nll });
    return m;
  };
  model.count = 0;
  const [x, none] = [() => normal([32, 4], 1), () => tf.zeros([32, 1])];

  test('names the layer, goes back to the last good weights and optimizer, and leaves no tensor', async () => {
    const m = model();
    const args = { batchSize: 8, epochs: 1, verbose: 0, shuffle: false };
    await m.fit(x(), none(), { ...args, callbacks: inn.nanGuard(m) });
    const good = m.getWeights().map(values);
    const break_ = {
      onBatchBegin: async (step: number) => {
        const [scale, bias] = m.layers[1]!.getWeights();
        if (step === 2) m.layers[1]!.setWeights([tf.fill(scale!.shape, 200), bias!]);
      },
    };
    const data = [x(), none()] as const;
    /** Tensors that stay when a fit is left by an error: tfjs itself gives up those of the batch. */
    const left = async (callbacks: object[], error: RegExp) => {
      const before = tf.memory().numTensors;
      await expect(m.fit(...data, { ...args, callbacks: callbacks as never })).rejects.toThrow(error);
      return tf.memory().numTensors - before;
    };
    const guarded = await left(
      [break_, inn.nanGuard(m, { every: 100 })],
      /layer "guilty_\d+": expected a finite loss/,
    );
    expect(m.getWeights().map(values)).toEqual(good);
    await m.fit(...data, { ...args, callbacks: inn.nanGuard(m) });
    expect(m.getWeights().flatMap(values).every(Number.isFinite)).toBe(true);
    const bare = await left(
      [
        break_,
        {
          onBatchEnd: async (step: number) => {
            if (step === 2) throw new Error('by hand');
          },
        },
      ],
      /by hand/,
    );
    expect(guarded).toBe(bare);
  });

  test('keeps no weights that are not finite, even where it keeps those of every step', async () => {
    const m = model();
    const data = [x(), none()] as const;
    await m.fit(...data, { batchSize: 8, verbose: 0 });
    let good: number[][] = [];
    const read = () => m.getWeights().map(values);
    const follow = {
      onBatchEnd: async (step: number) => {
        if (step === 1) good = read();
        // As a gradient that overflows does: the loss of this step is finite, the weights after it are not.
        const [scale, bias] = m.layers[1]!.getWeights();
        if (step === 2) m.layers[1]!.setWeights([scale!, tf.fill(bias!.shape, Infinity)]);
      },
    };
    m.compile({ optimizer: tf.train.sgd(1e-3), loss: inn.nll });
    const callbacks = [follow, inn.nanGuard(m, { every: 1 })] as never;
    const fit = m.fit(...data, { batchSize: 8, verbose: 0, shuffle: false, callbacks });
    await expect(fit).rejects.toThrow(/expected a finite loss, got (NaN|-?Infinity) in step 3/);
    expect(good.flat().length).toBeGreaterThan(0);
    expect(read()).toEqual(good);
  });

  test('begins with finite weights only', async () => {
    const m = model();
    const [scale, bias] = m.layers[1]!.getWeights();
    m.layers[1]!.setWeights([scale!, tf.fill(bias!.shape, Number.NaN)]);
    const fit = m.fit(x(), none(), { verbose: 0, callbacks: inn.nanGuard(m) });
    await expect(fit).rejects.toThrow(
      /finite weights to begin with, got NaN or an infinity in guilty_\d+\/bias/,
    );
  });

  test('costs nothing after training', async () => {
    const m = model();
    await m.fit(x(), none(), { verbose: 0 });
    const data = [x(), none()] as const;
    const before = tf.memory().numTensors;
    await m.fit(...data, { verbose: 0, callbacks: inn.nanGuard(m) });
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('reverse KL: a flow learns a density that is known up to a factor', async () => {
  const f = inn.flow({ bijection: inn.glowCoupling({ hidden: 8, mixing: { kind: 'lu' } }), shape: [2] });
  // A normal distribution of mean (1, −1) and deviations (1, ½), times e⁵.
  const logDensity = (x: tf.Tensor) =>
    tf.add(
      5,
      tf.mul(-0.5, tf.sum(tf.square(tf.mul(tf.sub(x, tf.tensor1d([1, -1])), tf.tensor1d([1, 2]))), 1)),
    );
  const losses: number[] = [];
  const before = tf.memory().numTensors;
  const optimizer = tf.train.adam(0.02);
  await inn.fitDensity(f, logDensity, { steps: 300, optimizer, onStep: (_, loss) => losses.push(loss) });
  // Slots of the optimizer: two for each weight, and its powers of beta.
  expect(tf.memory().numTensors - before).toBe(2 * f.model.trainableWeights.length + 2);
  // The least loss is −log of the normalising constant.
  const least = -(5 + Math.log(2 * Math.PI) - Math.log(2));
  const last = losses.slice(-50).reduce((s, l) => s + l / 50, 0);
  expect(Math.abs(last - least)).toBeLessThan(0.05);
  const { mean, variance } = tf.moments(f.sample(4000, { seed: 9 }), 0);
  [1, -1].forEach((m, i) => {
    expect(Math.abs(values(mean)[i]! - m)).toBeLessThan(0.15);
  });
  [1, 0.25].forEach((v, i) => {
    expect(Math.abs(values(variance)[i]! / v - 1)).toBeLessThan(0.25);
  });
});

test('reverse KL of a normal prior and likelihood: what is left is the evidence, what is found the posterior', async () => {
  // x ~ N(0, I), y = A x + σ n: y ~ N(0, A Aᵀ + σ² I), and x given y has the precision I + AᵀA/σ².
  const [A, y, s] = [tf.tensor2d([[1, 0.5]]), 1.5, 0.5];
  const logDensity = (x: tf.Tensor) => {
    const misfit = tf.div(tf.sub(tf.matMul(x, A, false, true), y), s);
    const squares = tf.add(tf.sum(tf.square(x), 1), tf.sum(tf.square(misfit), 1));
    return tf.sub(tf.mul(-0.5, squares), 1.5 * Math.log(2 * Math.PI) + Math.log(s));
  };
  const f = inn.flow({
    bijection: chain([pixelAffine(), conv1x1({ kind: 'lu', seed: 1 }), pixelAffine()]),
    shape: [2],
  });
  const optimizer = tf.train.adam(0.03);
  const loss = (seed: number, samples = 64) => inn.reverseKl(f, logDensity, { samples, seed });
  for (let seed = 0; seed < 300; seed++) optimizer.minimize(() => loss(seed));
  const variance = 1 + 0.25 + s * s;
  const evidence = -0.5 * ((y * y) / variance + Math.log(2 * Math.PI * variance));
  // At the optimum every sample gives the evidence; what is left is the training's.
  expect(Math.abs(values(loss(1000, 4000))[0]! + evidence)).toBeLessThan(0.01);
  const { mean } = tf.moments(f.sample(8000, { seed: 7 }), 0);
  // μ = Aᵀ y / (A Aᵀ + σ²); three deviations of a mean of 8,000, and the training's rest.
  [1, 0.5].forEach((a, i) => {
    expect(Math.abs(values(mean)[i]! - (a * y) / variance)).toBeLessThan(0.06);
  });
});

test('the MAP estimate is that of the closed form: a normal prior, a normal likelihood', async () => {
  const f = inn.flow({ bijection: inn.pixelAffine(), shape: [2] });
  // x = e^−l (z − b): deviations e^−l = (2, 1), mean (2, 0).
  f.layer.setWeights([tf.tensor1d([-Math.log(2), 0]), tf.tensor1d([-1, 0])]);
  const data = tf.tensor2d([[4, 3]]);
  const likelihood = (x: tf.Tensor) => tf.mul(-0.5, tf.sum(tf.square(tf.sub(x, data)), 1));
  const { x } = await inn.mapEstimate(f, likelihood, { steps: 400 });
  // Precisions add: (2/4 + 4)/(1/4 + 1), (0 + 3)/(1 + 1).
  expect(values(x)[0]).toBeCloseTo((0.5 + 4) / 1.25, 2);
  expect(values(x)[1]).toBeCloseTo(1.5, 2);
});

test('loops of our own leave the event loop its turns', async () => {
  const f = inn.realNvp({ shape: [2], layers: 4, hidden: 16 });
  const density = (x: tf.Tensor) => tf.neg(tf.sum(tf.square(x), 1));
  const longestWait = async (loop: () => Promise<unknown>) => {
    let [longest, last] = [0, performance.now()];
    const turn = () => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    };
    const timer = setInterval(turn, 1);
    const begun = performance.now();
    await loop();
    const took = performance.now() - begun;
    clearInterval(timer);
    turn();
    return { longest, took };
  };
  const loops = [
    () => inn.fitDensity(f, density, { steps: 150 }),
    () => inn.mapEstimate(f, density, { steps: 150 }),
  ];
  for (const loop of loops) {
    const { longest, took } = await longestWait(loop);
    expect(took).toBeGreaterThan(500);
    expect(longest).toBeLessThan(took / 2);
  }
});

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as core from '@invertible/core';
import { relativeError } from '@invertible/core/testing';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
const values = (t: tf.Tensor) => Array.from(t.dataSync());
const hidden = 4;

interface Entry {
  make(): inn.Flow;
  shape: number[];
  condition?: number[];
}

/** Every named model, small. */
const models: Record<string, Entry> = {
  glow: {
    make: () => inn.glow({ shape: [4, 4, 2], scales: 2, steps: 2, hidden, seed: 1 }),
    shape: [4, 4, 2],
  },
  'glow of vectors': { make: () => inn.glow({ shape: [6], scales: 2, steps: 1, hidden }), shape: [6] },
  conditionalGlow: {
    make: () => inn.conditionalGlow({ shape: [4, 4, 1], condition: [4, 4, 2], scales: 2, steps: 1, hidden }),
    shape: [4, 4, 1],
    condition: [4, 4, 2],
  },
  hint: { make: () => inn.hint({ shape: [5], layers: 2, hidden }), shape: [5] },
  multiscaleHint: {
    make: () => inn.multiscaleHint({ shape: [4, 4, 2], scales: 2, steps: 1, hidden }),
    shape: [4, 4, 2],
  },
  conditionalHint: { make: () => inn.conditionalHint({ shape: [6], layers: 2, hidden }), shape: [6] },
  'conditionalHint, lane of x': {
    make: () => inn.conditionalHint({ shape: [3], condition: [3], layers: 2, lane: 'x', hidden }),
    shape: [3],
    condition: [3],
  },
  hyperbolicNetwork: {
    make: () =>
      inn.hyperbolicNetwork({ shape: [4, 4, 2], architecture: [{}, { action: 'down', hidden: 3 }] }),
    shape: [4, 4, 2],
  },
  jet: {
    make: () => inn.jet({ shape: [4, 4, 2], layers: 2, channelwise: 1, blocks: 1, hidden, heads: 2 }),
    shape: [4, 4, 2],
  },
  iunet: { make: () => inn.iunet({ shape: [4, 4, 2], levels: 1, couplings: 1, hidden }), shape: [4, 4, 2] },
  maf: {
    make: () =>
      inn.maf({ shape: [4], condition: [2], layers: 2, hidden, transformer: { kind: 'spline', bins: 4 } }),
    shape: [4],
    condition: [2],
  },
  'maf of one feature': {
    make: () => inn.maf({ shape: [1], layers: 2, hidden, order: 'random', transformer: 'spline' }),
    shape: [1],
  },
  'splineFlow of a bounded, a circular and an unbounded feature': {
    make: () =>
      inn.splineFlow({
        shape: [3],
        layers: 2,
        hidden,
        bins: 4,
        kind: 'autoregressive',
        tails: ['bounded', 'circular', 'linear'],
        bounds: [
          [-6, 6],
          [-7, 6],
          [-3, 3],
        ],
        base: { kind: 'normalOrUniform', bounds: [[-6, 6], [-7, 6], null] },
      }),
    shape: [3],
  },
  iaf: { make: () => inn.iaf({ shape: [3], layers: 2, hidden }), shape: [3] },
  nice: { make: () => inn.nice({ shape: [4], layers: 2, hidden }), shape: [4] },
  realNvp: {
    make: () => inn.realNvp({ shape: [4], layers: 2, hidden, base: { kind: 'diagonalNormal' } }),
    shape: [4],
  },
};

beforeAll(async () => {
  core.registerKernels();
  await tf.setBackend('wasm');
});

describe.each(Object.entries(models))('%s', (_, { make, shape, condition }) => {
  const given = () => (condition ? { condition: normal([8, ...condition], 2) } : {});

  test('trains, is inverted, draws, and comes back from a file', async () => {
    const flow = make();
    const x = normal([8, ...shape], 1);
    const c = given();
    const { history } = await flow.fit(x, { ...c, epochs: 6, batchSize: 8, verbose: 0 });
    const losses = history.loss as number[];
    expect(losses.at(-1)!).toBeLessThan(losses[0]!);
    const { z, logDet } = flow.forward(x, c);
    const back = flow.inverse(z, c);
    expect(await relativeError(back.x, x)).toBeLessThan(1e-5);
    expect(await relativeError(back.logDet, tf.neg(logDet))).toBeLessThan(1e-4);
    const drawn = flow.sample(8, { seed: 3, ...c });
    expect(drawn.shape).toEqual([8, ...shape]);
    expect(values(drawn).every(Number.isFinite)).toBe(true);
    let saved: tf.io.ModelArtifacts | undefined;
    await flow.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = {
          ...artifacts,
          modelTopology: JSON.parse(JSON.stringify(artifacts.modelTopology)) as object,
        };
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
      }),
    );
    const loaded = await inn.loadFlow(tf.io.fromMemory(saved!));
    expect(values(loaded.logProb(x, c))).toEqual(values(flow.logProb(x, c)));
  });

  test('a step of training leaves no tensor', async () => {
    const flow = make();
    const x = normal([8, ...shape], 1);
    const c = given();
    const step = () => flow.fit(x, { ...c, epochs: 1, verbose: 0 });
    await step();
    const before = tf.memory().numTensors;
    await step();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('i-RIM around an operator: forward and back given the data; its config says why it is not saved', async () => {
  const operator = core.maskOperator(tf.cast(tf.greater(normal([1, 8, 8, 1], 5), 0), 'float32'));
  const flow = inn.irim({ operator, iterations: 2, hidden, shape: [8, 8, 4], condition: [8, 8, 1] });
  const d = operator.apply(normal([2, 8, 8, 1], 1));
  const x = core.withMemory(operator.adjoint(d), 3);
  const { z } = flow.forward(x, { condition: d });
  expect(await relativeError(flow.inverse(z, { condition: d }).x, x)).toBeLessThan(1e-5);
  await expect(flow.save(tf.io.withSaveHandler(async () => ({}) as tf.io.SaveResult))).rejects.toThrow(
    /a function in `operator`/,
  );
});

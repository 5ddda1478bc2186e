import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as core from '@invertible/core';
import { activationBytes } from '@invertible/core/testing';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';

/** Loops of one's own around a flow: memory is flat in depth there too, and densities are true for whatever comes. */

beforeAll(async () => {
  core.registerKernels();
  await tf.setBackend('wasm');
});

const normal = (shape: readonly number[], seed: number) => tf.randomNormal([...shape], 0, 1, 'float32', seed);

interface Deep {
  shape: number[];
  condition?: number[];
  make(depth: number): inn.Flow;
}

/** tfjs profiles no more than about 100,000 kernels: HINT, with its many parts, gets short vectors. */
const shortest = [4];
const hidden = 4;
const sizeOf = (s: readonly (number | null)[]) => s.reduce<number>((n, k) => n * (k ?? 1), 1);
const [vector, short, image, small, given] = [[32], [8], [8, 8, 4], [8, 8, 1], [3]];

const networks: Record<string, Deep> = {
  realNvp: { shape: vector, make: (layers) => inn.realNvp({ shape: vector, layers, hidden }) },
  nice: { shape: vector, make: (layers) => inn.nice({ shape: vector, layers, hidden }) },
  maf: { shape: shortest, make: (layers) => inn.maf({ shape: shortest, layers, hidden }) },
  iaf: { shape: shortest, make: (layers) => inn.iaf({ shape: shortest, layers, hidden }) },
  splineFlow: { shape: short, make: (layers) => inn.splineFlow({ shape: short, layers, hidden, bins: 4 }) },
  residualFlow: {
    shape: short,
    make: (layers) => inn.residualFlow({ shape: short, layers, hidden, coefficient: 0.5, logDet: 'series' }),
  },
  hint: { shape: short, make: (layers) => inn.hint({ shape: short, layers, hidden }) },
  glow: { shape: image, make: (steps) => inn.glow({ shape: image, scales: 2, steps, hidden }) },
  conditionalGlow: {
    shape: image,
    condition: given,
    make: (steps) => inn.conditionalGlow({ shape: image, condition: given, scales: 2, steps, hidden }),
  },
  conditionalHint: {
    shape: shortest,
    condition: shortest,
    make: (layers) =>
      inn.conditionalHint({ shape: shortest, condition: shortest, lane: 'x', layers, hidden }),
  },
  multiscaleHint: {
    shape: image,
    make: (steps) => inn.multiscaleHint({ shape: image, scales: 1, steps, hidden }),
  },
  multiscaleConditionalHint: {
    shape: small,
    condition: small,
    make: (steps) =>
      inn.multiscaleConditionalHint({ shape: small, condition: small, lane: 'x', scales: 1, steps, hidden }),
  },
  hyperbolicNetwork: {
    shape: image,
    make: (depth) =>
      inn.hyperbolicNetwork({
        shape: image,
        architecture: Array.from({ length: depth }, () => ({ hidden })),
      }),
  },
  jet: {
    shape: image,
    make: (layers) => inn.jet({ shape: image, layers, blocks: 5, hidden, heads: 2 }),
  },
  iunet: {
    shape: image,
    make: (couplings) => inn.iunet({ shape: image, levels: 1, couplings, hidden }),
  },
  irim: {
    shape: image,
    condition: [8, 8, 1],
    make: (iterations) =>
      inn.irim({
        shape: image,
        condition: [8, 8, 1],
        operator: core.convolutionOperator([[0.2, 0.3, 0.2]]),
        iterations,
        hidden,
      }),
  },
};

test('every network is here', () => {
  const all = Object.entries(inn).filter(([, f]) => typeof f === 'function' && 'layer' in f && 'Layer' in f);
  expect(Object.keys(networks).sort()).toEqual(all.map(([name]) => name).sort());
});

describe.each(Object.entries(networks))('%s', (_, { shape, condition, make }) => {
  const batch = 16;
  const losses = {
    'log p of data': (flow: inn.Flow, c?: tf.Tensor) =>
      tf.neg(tf.mean(flow.logProb(normal([batch, ...shape], 1), { condition: c! }))),
    'its own samples': (flow: inn.Flow, c?: tf.Tensor) =>
      tf.mean(tf.square(flow.sample(batch, { seed: 1, condition: c! }))),
  };
  test.each(Object.entries(losses))(
    'a step on %s takes no more memory at depth 64 than at 4',
    async (_, loss) => {
      const c = condition && normal([batch, ...condition], 2);
      const peak = async (depth: number) => {
        const flow = make(depth);
        const step = () => {
          const { value, grads } = tf.variableGrads(() => loss(flow, c) as tf.Scalar);
          value.dispose();
          return Object.values(grads);
        };
        tf.dispose(step());
        const { activations } = await activationBytes(step);
        // Weights that no optimizer moves have cotangents too, which are no activations.
        const fixed = flow.model.nonTrainableWeights.reduce((sum, { shape: s }) => sum + 4 * sizeOf(s), 0);
        flow.dispose();
        return activations - fixed;
      };
      const [shallow, deep] = [await peak(4), await peak(64)];
      expect(deep / shallow).toBeLessThan(1.05);
    },
  );
});

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';

/** Our names of the weights of one coupling, and those of PyTorch: see make.py. */
const names = {
  ...{ W1: 'first.weight', b1: 'first.bias', P: 'places' },
  ...{ gain1: 'block.norm1.weight', shift1: 'block.norm1.bias' },
  ...{ W2: 'block.self_attn.in_proj_weight', b2: 'block.self_attn.in_proj_bias' },
  ...{ W3: 'block.self_attn.out_proj.weight', b3: 'block.self_attn.out_proj.bias' },
  ...{ gain2: 'block.norm2.weight', shift2: 'block.norm2.bias' },
  ...{ W4: 'block.linear1.weight', b4: 'block.linear1.bias' },
  ...{ W5: 'block.linear2.weight', b5: 'block.linear2.bias' },
  ...{ gain3: 'norm.weight', shift3: 'norm.bias', W6: 'last.weight', b6: 'last.bias' },
};

const layers = 4;
const flow = core.jet({
  layers,
  channelwise: 1,
  blocks: 1,
  hidden: 4,
  heads: 2,
  patch: 2,
  scale: 'openSigmoid',
});

/** max |t − expected| over max |expected| */
function error(t: tf.Tensor, expected: tf.Tensor): number {
  expect(t.shape).toEqual(expected.shape);
  const largest = (of: tf.Tensor) => Math.max(...tf.abs(of).dataSync());
  return largest(tf.sub(t, expected)) / largest(expected);
}

const bar = 1e-5;
let golden: core.Weights;

/** Weights of ours, or their gradients, from those of PyTorch. */
const ofTorch = (prefix = ''): core.Weights =>
  Object.fromEntries(
    Array.from({ length: layers }, (_, k) =>
      Object.entries(names).map(([own, theirs]): [string, tf.Tensor] => {
        const t = golden[`${prefix}${k}.${theirs}`] ?? tf.scalar(Number.NaN);
        const key = `layers/${k}/${k % 2 === 1 ? 'coupling/' : ''}${own}`;
        return [key, own.startsWith('W') ? tf.expandDims(tf.transpose(t)) : t];
      }),
    ).flat(),
  );
const at = (key: string): tf.Tensor => golden[key] ?? tf.scalar(Number.NaN);

beforeAll(async () => {
  await tf.setBackend('cpu');
  const warnings = jest.spyOn(console, 'warn').mockImplementation();
  golden = inn.fromSafetensors(
    new Uint8Array(readFileSync(join(__dirname, 'golden', 'jet', 'jet.safetensors'))),
  ).weights;
  warnings.mockRestore();
});

describe('the formulas of the public reference in float64', () => {
  test('give the same latents, log-determinants and inverse', () => {
    const w = ofTorch();
    const { y, logDet } = flow.forward(at('x'), w);
    expect(error(y, at('y'))).toBeLessThan(bar);
    expect(error(logDet, at('logdet'))).toBeLessThan(bar);
    expect(error(flow.inverse(at('y'), w).x, at('x'))).toBeLessThan(bar);
  });

  test('give the same gradients in x and in every weight', () => {
    const { dx, dw } = flow.pullback(at('y'), at('a'), at('b'), ofTorch());
    const expected = ofTorch('gradient.');
    expect(error(dx, at('dx'))).toBeLessThan(bar);
    expect(Object.keys(dw).sort()).toEqual(Object.keys(expected).sort());
    const most = Math.max(
      ...Object.keys(dw).map((name) => error(dw[name] ?? at(''), expected[name] ?? at(''))),
    );
    expect(most).toBeLessThan(bar);
  });
});

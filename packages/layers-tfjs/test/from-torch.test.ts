import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';

const folder = join(__dirname, 'golden', 'torch');
const models = readdirSync(folder).filter((name) => name.endsWith('.safetensors'));

/** A model of PyTorch, and what it computes in float64: see make.py. */
function load(name: string) {
  const { weights: all, metadata } = inn.fromSafetensors(new Uint8Array(readFileSync(join(folder, name))));
  const prefix = 'golden.';
  const golden = core.withoutPrefix(all, prefix);
  const state = Object.fromEntries(Object.entries(all).filter(([key]) => !key.startsWith(prefix)));
  const modules = JSON.parse(metadata.modules ?? '[]') as core.TorchModule[];
  const along = JSON.parse(metadata.along ?? '[]') as string[];
  return { golden, state, modules, along, library: metadata.library as core.TorchLibrary };
}

/** From [batch, channels, height, width], where there are images. */
const channelsLast = (t: tf.Tensor) => (t.rank === 4 ? tf.transpose(t, [0, 2, 3, 1]) : t);

/** max |t − expected| over max |expected| */
function error(t: tf.Tensor, expected: tf.Tensor): number {
  const [a, b] = [Array.from(t.dataSync()), Array.from(expected.dataSync())];
  expect(t.shape).toEqual(expected.shape);
  const largest = (of: (i: number) => number) => a.reduce((most, _, i) => Math.max(most, Math.abs(of(i))), 0);
  return largest((i) => (a[i] ?? 0) - (b[i] ?? 0)) / largest((i) => b[i] ?? 0);
}

const bar = 1e-5;
let warnings: jest.SpyInstance;

beforeAll(async () => {
  await tf.setBackend('cpu');
});
// The files are those of PyTorch, which carry no digest.
beforeEach(() => {
  warnings = jest.spyOn(console, 'warn').mockImplementation();
});
afterEach(() => warnings.mockRestore());

test('there are models of three kinds of each library', () => {
  for (const library of ['nflows', 'normflows', 'freia']) {
    expect(models.filter((name) => name.startsWith(library)).length).toBeGreaterThanOrEqual(3);
  }
});

describe.each(models)('%s', (name) => {
  const { golden, state, modules, along, library } = load(name);
  const at = (key: string) => channelsLast(golden[key] ?? tf.zeros([1]));
  const imported = (weights: core.Weights) => core.fromTorch({ library, bijection: modules, weights });
  const { c } = golden;

  test('latents, log-determinants and their inverse are those of float64', async () => {
    const { bijection, weights } = await imported(state);
    const { y, logDet } = bijection.forward(at('x'), weights, c);
    const back = bijection.inverse(at('z'), weights, c);
    expect(error(y, at('z'))).toBeLessThan(bar);
    expect(error(logDet, at('logdet'))).toBeLessThan(bar);
    expect(error(back.x, at('x'))).toBeLessThan(bar);
    expect(error(tf.neg(back.logDet), at('logdet'))).toBeLessThan(bar);
  });

  test('a file of the layer holds it', async () => {
    const { bijection, weights } = await imported(state);
    const layer = inn.bijectionLayer(bijection);
    const { InvertibleBijection } = tf.serialization.SerializationMap.getMap().classNameMap;
    const config = JSON.parse(JSON.stringify(layer.getConfig()));
    const again = InvertibleBijection?.[1](InvertibleBijection[0], config) as inn.InvertibleLayer;
    expect(
      error(again.bijection.forward(at('x'), weights, c).y, bijection.forward(at('x'), weights, c).y),
    ).toBe(0);
  });

  test('gradients in x, in the condition and along the parameters are those of float64', async () => {
    const { bijection, weights } = await imported(state);
    const p = bijection.pullback(at('z'), at('a'), at('b'), weights, c);
    expect(error(p.dx, at('dx'))).toBeLessThan(bar);
    if (p.dc) expect(error(p.dc, at('dc'))).toBeLessThan(bar);
    // Weights here are affine functions of those parameters: half as large again, they move by half of the tangent along them.
    const larger = Object.fromEntries(
      Object.entries(state).map(([key, t]) => [key, along.includes(key) ? tf.mul(t, 1.5) : t]),
    );
    const moved = (await imported(larger)).weights;
    const terms = Object.entries(p.dw).map(([key, dw]) => {
      const [from, to] = [weights[key]?.dataSync(), moved[key]?.dataSync()];
      return Array.from(dw.dataSync()).reduce(
        (sum, v, i) => sum + v * 2 * ((to?.[i] ?? 0) - (from?.[i] ?? 0)),
        0,
      );
    });
    const slope = terms.reduce((sum, term) => sum + term, 0);
    const size = terms.reduce((sum, term) => sum + Math.abs(term), 0);
    expect(Math.abs(slope - (golden.slope?.dataSync()[0] ?? 0)) / size).toBeLessThan(bar);
  });
});

const order = { '_transforms.0._permutation': tf.tensor1d([1, 0], 'int32') };
const one = { ...order, '_transforms.1.log_scale': tf.zeros([2]), '_transforms.1.shift': tf.zeros([2]) };

test.each<[string, core.TorchModule[], core.Weights, RegExp]>([
  ['a module without counterpart', [{ kind: 'SVDLinear' }], order, /a module of nflows: .* got "SVDLinear"/],
  ['a misspelt module', [{ kind: 'ReversePermutations' }], order, /Did you mean ReversePermutation\?/],
  ['a missing tensor', [{ kind: 'LULinear' }], order, /_transforms\.0\.unconstrained_upper_diag, got none/],
  [
    'a tensor that is left',
    [{ kind: 'Permutation' }],
    one,
    /got _transforms\.1\.log_scale, _transforms\.1\.shift/,
  ],
  ['an unknown argument', [{ kind: 'Permutation', dim: 1 }], order, /no options, got "dim"/],
  [
    'an activation without counterpart',
    [{ kind: 'AffineCouplingTransform', activation: 'Mish' }],
    order,
    /one of ReLU/,
  ],
])('%s is refused by name', async (_, modules, weights, message) => {
  const made = core.fromTorch({ library: 'nflows', bijection: modules, weights });
  await expect(made).rejects.toThrow(core.InvertibleError);
  await expect(made).rejects.toThrow(message);
});

test('names outside of the bijection are listed, and weights are those that a flow takes', async () => {
  const { state, modules } = load('normflows-real-nvp.safetensors');
  const made = await core.fromTorch({ library: 'normflows', bijection: modules, weights: state });
  expect(made.rest.sort()).toEqual(['q0.loc', 'q0.log_scale']);
  const flow = inn.flow({ bijection: made.bijection, shape: [5] });
  const named = core.withPrefix('flow/', made.weights);
  inn.setWeights(flow, named, { partial: true });
  const x = tf.randomNormal([3, 5], 0, 1, 'float32', 1);
  expect(error(flow.forward(x).z, made.bijection.forward(x, made.weights).y)).toBe(0);
});

import { autoregressive } from '../bijections/autoregressive';
import { batchNorm } from '../bijections/batch-norm';
import { conv1x1 } from '../bijections/conv1x1';
import { squeeze } from '../bijections/squeeze';
import { refuse } from '../errors';
import { above, listOf, oneOf, required, whole, within } from '../options';
import { isObject } from '../registry';
import { type NumberArray, transpose, vector } from './array';
import { type AffineLayout, additiveOf, affineOf, splinesOf, type TorchCoupling } from './couplings';
import { linearLU, mixed, permuted, scaled, triangle } from './linear';
import { plain, type Reader, reader, type TorchModule } from './module';
import {
  activationOf,
  activationRule,
  flowNet,
  inputsOf,
  layersOf,
  type TorchNet,
  weightsOf,
  widthsOf,
  withOutputs,
  withUnits,
} from './network';
import { inTurn, part, reversed } from './part';
import type { State } from './state';

const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const softplusOf = (a: NumberArray, least: number) => a.numbers.map((x) => softplus(x) + least);

/** A module, as data. */
const moduleRule = {
  expected: '{ kind, …its arguments }',
  holds: (value: unknown) => isObject(value) && 'kind' in value,
};

interface Activated {
  activation?: string;
}

/** The channels that stay are a buffer; those that move come in their order. */
const couplingOf = (state: State, { activation }: Activated): TorchCoupling => {
  state.skip('transform_features');
  const stays = state.take('identity_features').numbers;
  return { net: flowNet(state.at('transform_net')), activation: activationOf(activation), sides: { stays } };
};

/** All shifts, then all raw scales u, s = σ(u + 2) + 1e-3. */
const shiftsFirst: AffineLayout = {
  logScale: (j, n) => ({ from: n + j, plus: 2 }),
  shift: (j) => ({ from: j }),
};

/** y = x (L U)ᵀ + b with a softplus diagonal. */
export function luLinear(state: State, eps: number) {
  const diagonal = softplusOf(state.take('unconstrained_upper_diag'), eps);
  const n = diagonal.length;
  const lower = triangle(n, state.take('lower_entries'), 'below');
  return linearLU(
    { lower, upper: triangle(n, state.take('upper_entries'), 'above'), diagonal },
    state.take('bias'),
  );
}

/** A MADE of two hidden layers, whose units are put in the order of their degrees, as they come here. */
function made(state: State, features: number): TorchNet {
  const blocks = state.names().filter((name) => name.endsWith('linear.weight'));
  const names = ['initial_layer', 'blocks.0.linear', 'final_layer'];
  for (const name of names) state.skip(`${name}.mask`, `${name}.degrees`);
  const width = state.has('initial_layer.weight') ? (state.take('initial_layer.weight').shape[0] ?? 0) : 0;
  const cycle = Math.max(1, features - 1);
  if (blocks.length !== 1 || width % cycle !== 0) {
    const expected = `MADE with use_residual_blocks=False, num_blocks=1 and hidden_features divisible by ${cycle}`;
    refuse('fromTorch', expected, state.names().join(', '), 'Others have masks that no network here has.');
  }
  const net = layersOf(state, names);
  const byDegree = Array.from({ length: width }, (_, i) => i).sort(
    (a, b) => (a % cycle) - (b % cycle) || a - b,
  );
  return withUnits(withUnits(net, 0, byDegree), 1, byDegree);
}

/** nflows 0.14, whose transforms go from data to latent. */
export const nflows: Record<string, Reader> = {
  CompositeTransform: reader<{ transforms: readonly TorchModule[] }>(
    { transforms: required(listOf(moduleRule, 1)) },
    (state, { transforms }, read) => inTurn(transforms.map((m, i) => read(state.at(`_transforms.${i}`), m))),
  ),
  InverseTransform: reader<{ transform: TorchModule }>(
    { transform: required(moduleRule) },
    (state, { transform }, read) => reversed(read(state.at('_transform'), transform)),
  ),
  Permutation: plain((state) => permuted(state.take('_permutation'))),
  RandomPermutation: plain((state) => permuted(state.take('_permutation'))),
  ReversePermutation: plain((state) => permuted(state.take('_permutation'))),
  SqueezeTransform: plain(() => part(squeeze({ order: 'channels' }))),
  ActNorm: plain((state) => {
    state.skip('initialized');
    return scaled(state.take('log_scale'), state.take('shift'));
  }),
  BatchNorm: reader<{ eps?: number; momentum?: number }>(
    { eps: above(0), momentum: within(0, 1) },
    (state, { eps = 1e-5, momentum = 0.1 }) =>
      part(batchNorm({ epsilon: eps, momentum: 1 - momentum }), {
        logScale: vector(softplusOf(state.take('unconstrained_weight'), eps).map(Math.log)),
        bias: state.take('bias'),
        mean: state.take('running_mean'),
        variance: state.take('running_var'),
      }),
  ),
  NaiveLinear: plain((state) => mixed(transpose(state.take('_weight')), state.take('bias'))),
  LULinear: reader<{ eps?: number }>({ eps: above(0) }, (state, { eps = 1e-3 }) => luLinear(state, eps)),
  OneByOneConvolution: plain((state) =>
    inTurn([permuted(state.take('permutation._permutation')), luLinear(state, 1e-3)]),
  ),
  HouseholderSequence: plain((state) => {
    const V = state.take('q_vectors');
    return part(conv1x1({ kind: 'householder', reflections: V.shape[0] ?? 1 }), { V });
  }),
  AdditiveCouplingTransform: reader<Activated>({ activation: activationRule }, (state, args) =>
    additiveOf(couplingOf(state, args)),
  ),
  AffineCouplingTransform: reader<Activated>({ activation: activationRule }, (state, args) =>
    affineOf(couplingOf(state, args), shiftsFirst, { scale: 'sigmoid', range: [1e-3, 1.001] }),
  ),
  PiecewiseRationalQuadraticCouplingTransform: reader<
    Activated & { num_bins?: number; tails: string; tail_bound?: number }
  >(
    {
      activation: activationRule,
      num_bins: whole(2),
      tails: required(oneOf('linear')),
      tail_bound: above(1e-3),
    },
    (state, { num_bins = 10, tail_bound = 1, ...args }) =>
      splinesOf(couplingOf(state, args), num_bins, tail_bound),
  ),
  MaskedAffineAutoregressiveTransform: reader<Activated & { features: number }>(
    { activation: activationRule, features: required(whole()) },
    (state, { features, activation }) => {
      const net = made(state.at('autoregressive_net'), features);
      const at = (k: number) => Array.from({ length: features }, (_, j) => ({ from: 2 * j + k }));
      const [hidden = 1] = widthsOf(net);
      if (inputsOf(net) !== features)
        refuse('fromTorch', `${inputsOf(net)} features`, `${features}`, 'As many as it was made with.');
      return part(
        autoregressive({
          transformer: { kind: 'affine', scale: 'softplus', range: [1e-3, 1] },
          hidden,
          activation: activationOf(activation),
        }),
        weightsOf(withOutputs(net, [...at(0), ...at(1)])),
      );
    },
  ),
};

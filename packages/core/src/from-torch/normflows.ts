import { spline } from '../bijections/spline';
import { squeeze } from '../bijections/squeeze';
import { onPart } from '../combinators/on-part';
import type { ActivationName } from '../conditioners/blocks/activation';
import { refuse } from '../errors';
import { above, flag, oneOf, whole } from '../options';
import { orderBack } from '../tensors/reordered';
import { entry, flat, type NumberArray, transpose, vector } from './array';
import {
  type AffineLayout,
  additiveOf,
  affineOf,
  splineNumbers,
  splinesOf,
  type TorchCoupling,
} from './couplings';
import { linearLU, mixed, onesOf, permuted, productLU, scaled } from './linear';
import { plain, type Reader, reader } from './module';
import {
  activationOf,
  activationRule,
  besideEachOther,
  flowNet,
  inputsOf,
  outputsOf,
  stackOf,
  type TorchNet,
  withInputs,
  withOutputs,
} from './network';
import { luLinear } from './nflows';
import { inTurn, type Part, part, reversed } from './part';
import type { State } from './state';

/** The slope below zero of the LeakyReLU that all networks of normflows have. */
const leakyRule = oneOf(0, 0.01);
const ofLeak = (leaky = 0): ActivationName => (leaky === 0 ? 'relu' : 'leakyRelu');

/** Shift and raw scale of each channel beside each other; `plus` is added to the latter. */
const interleaved = (plus: number): AffineLayout => ({
  logScale: (j) => ({ from: 2 * j + 1, plus }),
  shift: (j) => ({ from: 2 * j }),
});

interface Block {
  scale?: boolean;
  scale_map?: 'exp' | 'sigmoid' | 'sigmoid_inv';
  split_mode?: 'channel' | 'channel_inv';
  leaky?: 0 | 0.01;
}

const blockRules = {
  scale: flag,
  scale_map: { ...oneOf('exp', 'sigmoid'), remedy: "'sigmoid_inv' has no counterpart here." },
  split_mode: { ...oneOf('channel', 'channel_inv'), remedy: 'Checkerboards have no counterpart here.' },
  leaky: leakyRule,
};

/** From latent to data x₂ = e^s ⊙ z₂ + t or z₂ ⊘ σ(s + 2) + t: here its inverse. */
function couplingBlock(
  state: State,
  { scale = true, scale_map = 'exp', split_mode = 'channel', leaky }: Block,
): Part {
  const net = stackOf(state.at('flows.1.param_map.net'));
  const sides = { split: inputsOf(net), flip: split_mode === 'channel_inv' };
  const coupling: TorchCoupling = { net, activation: ofLeak(leaky), sides };
  if (!scale) return reversed(additiveOf(coupling));
  if (scale_map === 'exp') return reversed(affineOf(coupling, interleaved(0), { scale: 'exp' }));
  return reversed(affineOf(coupling, interleaved(2), { scale: 'inverseSigmoid' }));
}

/** From latent to data by the inverse of W = P L U; here x Wᵀ on images, x W on vectors. */
function plu(state: State, turned: boolean): Part {
  const W = state.takeIf('W');
  if (W) return mixed(turned ? transpose(W) : W);
  state.skip('eye');
  const [P, lower, upper] = [state.take('P'), state.take('L'), state.take('U')];
  const signs = state.take('sign_S').numbers;
  const diagonal = state.take('log_S').numbers.map((l, i) => (signs[i] ?? 1) * Math.exp(l));
  const rows = onesOf(P);
  if (!turned) return productLU({ lower, upper, diagonal }, rows);
  // x (P L U)ᵀ = (x (L U)ᵀ) Pᵀ, whose number i is number rows[i] of what Pᵀ gets.
  return inTurn([linearLU({ lower, upper, diagonal }), permuted(vector(rows))]);
}

/** z = e^s ⊙ x + t from latent to data. */
function affineConst(state: State): Part {
  state.skip('data_dep_init_done');
  return reversed(scaled(flat(state.take('s')), flat(state.take('t'))));
}

/** Both networks of a mask, of the channels that it keeps; what they say about those is not read. */
function maskedAffine(state: State, leaky: 0 | 0.01 | undefined): Part {
  const kept = state.take('b').numbers;
  const indices = (value: number) => kept.flatMap((b, i) => (b === value ? [i] : []));
  const [stays, moves] = [indices(1), indices(0)];
  const own = (net: TorchNet) =>
    withOutputs(
      withInputs(net, stays),
      moves.map((from) => ({ from })),
    );
  const setting = { activation: ofLeak(leaky), sides: { stays } };
  const read = (name: string) => own(stackOf(state.at(name).at('net')));
  const has = (name: string) => state.at(name).names().length > 0;
  if (!has('t'))
    refuse(
      'fromTorch',
      'a MaskedAffineFlow with a network t',
      'none',
      'One of scales alone has no counterpart.',
    );
  if (!has('s')) return reversed(additiveOf({ net: read('t'), ...setting }));
  const net = besideEachOther(read('s'), read('t'));
  const layout = {
    logScale: (j: number) => ({ from: j }),
    shift: (j: number, n: number) => ({ from: n + j }),
  };
  return reversed(affineOf({ net, ...setting }, layout, { scale: 'exp' }));
}

interface Splines {
  activation?: string;
  num_bins?: number;
  tail_bound?: number;
}

/** Splines of every other channel by a network of the others, which then go through splines of their own. */
function coupledSplines(
  state: State,
  { num_bins: bins = 8, tail_bound: bound = 3, activation }: Splines,
): Part {
  state.skip('transform_features');
  const stays = state.take('identity_features').numbers;
  const net = flowNet(state.at('transform_net'));
  const moved = splinesOf({ net, activation: activationOf(activation), sides: { stays } }, bins, bound);
  const own = state.at('unconditional_transform');
  if (own.names().length === 0) return moved;
  const n = stays.length;
  const features = n + outputsOf(net) / (3 * bins - 1);
  const rest = Array.from({ length: features }, (_, i) => i).filter((i) => !stays.includes(i));
  const order = [...stays, ...rest];
  const column = (name: string): NumberArray => {
    const a = own.take(`unnormalized_${name}`);
    const { slopes } = splineNumbers(bins, 1, 1);
    const plus = name === 'derivatives' ? (slopes[0]?.plus ?? 0) : 0;
    return vector(
      Array.from({ length: a.numbers.length }, (_, i) => entry(a, i % n, Math.floor(i / n)) + plus),
    );
  };
  const weights = { widths: column('widths'), heights: column('heights'), slopes: column('derivatives') };
  const each = part(onPart(spline({ bins, bound }), { count: n }), weights);
  return inTurn([moved, permuted(vector(order)), each, permuted(vector(orderBack(order)))]);
}

/** normflows 1.7, whose flows go from latent to data: here each is its inverse, and the last is the first. */
export const normflows: Record<string, Reader> = {
  Permute: reader<{ mode?: 'shuffle' | 'swap'; num_channels?: number }>(
    { mode: oneOf('shuffle', 'swap'), num_channels: whole() },
    (state, { mode = 'shuffle', num_channels: n }) => {
      state.skip('perm');
      if (mode === 'shuffle') return permuted(state.take('inv_perm'));
      if (!n) refuse('fromTorch', 'num_channels of Permute', 'none', "No tensor tells it for mode 'swap'.");
      const half = Math.ceil(n / 2);
      return permuted(vector(Array.from({ length: n }, (_, i) => (i + half) % n)));
    },
  ),
  Squeeze: plain(() => part(squeeze({ order: 'channels' }))),
  ActNorm: plain(affineConst),
  AffineConstFlow: plain(affineConst),
  Invertible1x1Conv: plain((state) => plu(state, true)),
  InvertibleAffine: plain((state) => plu(state, false)),
  LULinearPermute: plain((state) =>
    inTurn([permuted(state.take('permutation._permutation')), luLinear(state.at('linear'), 1e-3)]),
  ),
  AffineCouplingBlock: reader<Block>(blockRules, couplingBlock),
  GlowBlock: reader<Block>(blockRules, (state, { scale_map = 'sigmoid', ...args }) => {
    const mixing = state.at('flows.1');
    const isMixed = mixing.has('W') || mixing.has('L');
    return inTurn([
      affineConst(state.at(isMixed ? 'flows.2' : 'flows.1')),
      ...(isMixed ? [plu(mixing, true)] : []),
      couplingBlock(state.at('flows.0'), { scale_map, ...args }),
    ]);
  }),
  MaskedAffineFlow: reader<{ leaky?: 0 | 0.01 }>({ leaky: leakyRule }, (state, { leaky }) =>
    maskedAffine(state, leaky),
  ),
  CoupledRationalQuadraticSpline: reader<Splines & { tails?: 'linear' }>(
    { activation: activationRule, num_bins: whole(2), tail_bound: above(1e-3), tails: oneOf('linear') },
    (state, args) => coupledSplines(state.at('prqct'), args),
  ),
};

import type { AffineCouplingOptions } from '../bijections/affine-coupling';
import { conv1x1 } from '../bijections/conv1x1';
import { haarSqueeze } from '../bijections/haar-squeeze';
import { scaling } from '../bijections/scaling';
import { sigmoid } from '../bijections/sigmoid';
import { squeeze } from '../bijections/squeeze';
import { refuse } from '../errors';
import { above, finite, flag, oneOf, type Rules } from '../options';
import { entry, flat, matrix, type NumberArray, transpose, vector } from './array';
import { type AffineLayout, additiveOf, affineOf } from './couplings';
import { mixed, onesOf, permuted, scaled } from './linear';
import { plain, type Reader, reader } from './module';
import { activationOf, activationRule, besideEachOther, outputsOf, stackOf, type TorchNet } from './network';
import { inTurn, type Part, part, reversed } from './part';
import type { State } from './state';

interface Block {
  activation?: string;
  clamp?: number;
  clamp_activation?: 'ATAN' | 'TANH' | 'SIGMOID';
}

const blockRules: Rules<Block> = {
  activation: activationRule,
  clamp: above(0),
  clamp_activation: { ...oneOf('ATAN', 'TANH', 'SIGMOID'), remedy: 'A function has no counterpart here.' },
};

interface Clamp {
  /** What the raw scale is multiplied with. */
  times: number;
  options: Pick<AffineCouplingOptions, 'scale' | 'clamp'>;
}

/** Its clamps, c·0.636·atan(a), c·tanh(a) and c·(2σ(a) − 1) = c·tanh(a/2). */
function clampOf({ clamp: c = 2, clamp_activation = 'ATAN' }: Block): Clamp {
  if (clamp_activation === 'ATAN')
    return { times: 1, options: { scale: 'expClamp', clamp: (c * 0.636 * Math.PI) / 2 } };
  return { times: clamp_activation === 'TANH' ? c : c / 2, options: { scale: 'tanh', clamp: c } };
}

/** All raw scales, then all shifts, each times a factor. */
const scalesFirst = (times: number, shifts = 1): AffineLayout => ({
  logScale: (j) => ({ from: j, times }),
  shift: (j, n) => ({ from: n + j, times: shifts }),
});

/** The first half moves by the second, then the second by the first: two networks, of the first half and of the second. */
const twoSided = (first: Part, second: Part): Part => inTurn([first, second]);

function affineBlock(args: Block, [one, two]: readonly [TorchNet, TorchNet], volumePreserving = false): Part {
  const activation = activationOf(args.activation);
  const { times, options } = clampOf(args);
  const [n2, n1] = [outputsOf(one) / 2, outputsOf(two) / 2];
  const side = (net: TorchNet, split: number, flip: boolean) =>
    affineOf({ net, activation, sides: { split, flip } }, scalesFirst(times), {
      ...options,
      ...(volumePreserving && { volumePreserving }),
    });
  return twoSided(side(two, n2, true), side(one, n1, false));
}

interface AllInOne {
  activation?: string;
  affine_clamping?: number;
  gin_block?: boolean;
  global_affine_type?: 'SIGMOID' | 'SOFTPLUS' | 'EXP';
  reverse_permutation?: boolean;
}

const logSigmoid = (x: number) => -Math.log1p(Math.exp(-x));
/** The logarithm of the global scale from its raw number. */
const globalScale = {
  SIGMOID: (a: number) => Math.log(10) + logSigmoid(a - 2),
  SOFTPLUS: (a: number) => Math.log(0.1 * 2 * Math.log1p(Math.exp(a / 2))),
  EXP: (a: number) => a,
};

/** y = x wᵀ of a rotation or permutation that stays; with Householder reflections, y = x H_k … H₁ w₀ᵀ. */
function permutationOf(state: State): Part {
  state.skip('w_perm_inv');
  const V = state.takeIf('vk_householder');
  if (!V) {
    const w = state.take('w_perm');
    return turned({ shape: w.shape.slice(0, 2), numbers: w.numbers });
  }
  const k = V.shape[0] ?? 1;
  const lastFirst = matrix(k, V.shape[1] ?? 0, (i, j) => entry(V, k - 1 - i, j));
  const reflections = part(conv1x1({ kind: 'householder', reflections: k }), { V: lastFirst });
  state.skip('w_perm');
  return inTurn([reflections, turned(state.take('w_0'))]);
}
const turned = (w: NumberArray): Part =>
  w.numbers.every((v) => v === 0 || v === 1)
    ? permuted(vector(onesOf(w)))
    : mixed(transpose(w), undefined, true);

function allInOne(state: State, args: AllInOne): Part {
  const { affine_clamping: clamp = 2, gin_block = false, global_affine_type = 'SOFTPLUS', activation } = args;
  const s = state.take('global_scale');
  const t = flat(state.take('global_offset'));
  if (gin_block && s.shape.length > 2)
    refuse(
      'fromTorch',
      'a gin_block of vectors',
      'one of images',
      'Its mean over all pixels has no counterpart here.',
    );
  const net = stackOf(state.at('subnet'));
  const permutation = permutationOf(state);
  // tanh(0.1 a) times the clamp; the shift is 0.1 of what the network says.
  const coupling = affineOf(
    { net, activation: activationOf(activation), sides: { split: t.numbers.length - outputsOf(net) / 2 } },
    scalesFirst(0.1 * clamp, 0.1),
    { scale: 'tanh', clamp, ...(gin_block && { volumePreserving: true }) },
  );
  const l = vector(s.numbers.map(gin_block ? () => 0 : globalScale[global_affine_type]));
  const before = args.reverse_permutation ? [reversed(permutation)] : [];
  return inTurn([...before, coupling, scaled(l, t), permutation]);
}

/** Sums and differences of 2 × 2 pixels, by channel or by wavelet; all times `rebalance`. */
function haar(state: State, byWavelet: boolean, rebalance: number): Part {
  const n = state.take('haar_weights').shape[0] ?? 4;
  const order = Array.from({ length: n }, (_, i) => (i % (n / 4)) * 4 + Math.floor(i / (n / 4)));
  return inTurn([
    part(haarSqueeze({ order: 'channels' })),
    ...(byWavelet ? [permuted(vector(order))] : []),
    ...(rebalance === 1 ? [] : [part(scaling({ scale: rebalance }))]),
  ]);
}

/** FrEIA 0.2, whose modules go from data to latent. */
export const freia: Record<string, Reader> = {
  PermuteRandom: plain((state) => {
    state.skip('perm_inv');
    return permuted(state.take('perm'));
  }),
  FixedLinearTransform: plain((state) => {
    state.skip('M_inv', 'logDetM');
    const b = state.takeIf('b');
    return mixed(state.take('M'), b && flat(b), true);
  }),
  Fixed1x1Conv: plain((state) => {
    state.skip('M_inv', 'logDetM');
    const { shape, numbers } = state.take('M');
    return mixed(transpose({ shape: shape.slice(0, 2), numbers }), undefined, true);
  }),
  HouseholderPerm: plain((state) => {
    state.skip('weight');
    const V = state.take('Vs');
    return part(conv1x1({ kind: 'householder', reflections: V.shape[0] ?? 1 }), { V });
  }),
  ActNorm: plain((state) => scaled(flat(state.take('scale')), flat(state.take('bias')))),
  InvertibleSigmoid: plain(() => part(sigmoid())),
  IRevNetDownsampling: plain((state) => {
    // The older backend has no kernel, and other channels.
    state.take('downsample_kernel');
    return part(squeeze({ order: 'channels' }));
  }),
  HaarDownsampling: reader<{ order_by_wavelet?: boolean; rebalance?: number }>(
    { order_by_wavelet: flag, rebalance: finite },
    (state, { order_by_wavelet = false, rebalance = 1 }) => haar(state, order_by_wavelet, rebalance),
  ),
  NICECouplingBlock: reader<{ activation?: string }>({ activation: activationRule }, (state, args) => {
    const [F, G] = [stackOf(state.at('F')), stackOf(state.at('G'))];
    const activation = activationOf(args.activation);
    return twoSided(
      additiveOf({ net: F, activation, sides: { split: outputsOf(G), flip: true } }),
      additiveOf({ net: G, activation, sides: { split: outputsOf(F) } }),
    );
  }),
  RNVPCouplingBlock: reader<Block>(blockRules, (state, args) => {
    const both = (i: 1 | 2) =>
      besideEachOther(stackOf(state.at(`subnet_s${i}`)), stackOf(state.at(`subnet_t${i}`)));
    return affineBlock(args, [both(1), both(2)]);
  }),
  GLOWCouplingBlock: reader<Block>(blockRules, (state, args) =>
    affineBlock(args, [stackOf(state.at('subnet1')), stackOf(state.at('subnet2'))]),
  ),
  GINCouplingBlock: reader<Block>(blockRules, (state, args) =>
    affineBlock(args, [stackOf(state.at('subnet1')), stackOf(state.at('subnet2'))], true),
  ),
  AllInOneBlock: reader<AllInOne>(
    {
      activation: activationRule,
      affine_clamping: above(0),
      gin_block: flag,
      global_affine_type: oneOf('SIGMOID', 'SOFTPLUS', 'EXP'),
      reverse_permutation: flag,
    },
    allInOne,
  ),
};

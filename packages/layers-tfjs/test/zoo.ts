import * as inn from '@invertible/layers-tfjs';
import * as tfl from '@tensorflow/tfjs-layers';

type Layer = inn.InvertibleLayer;
type Shared = { seed: number; gradient?: 'reversible' | 'recomputed' | 'stored' };

export interface Entry {
  /** Layers, one after the other, from a shape to the same shape. */
  make(shared: Shared, shape: number[]): Layer[];
  /** Without the batch. Default [4, 4, 8]. */
  shape?: number[];
  /** Shape of the condition, without the batch. */
  condition?: number[];
  /** False where dimensions come and go, so that no likelihood can follow. Default true. */
  scored?: boolean;
  /**
   * Bar of the gradients. Default 1e-5. A layer on a grid rounds what another one hands it, and hands that back: half a step off.
   */
  bar?: number;
}

/** A layer and its inverse, where the shape changes. */
const there =
  (make: (shared: Shared & { inverse?: boolean }, shape: number[]) => Layer) =>
  (shared: Shared, shape: number[]) => [make(shared, shape), make({ ...shared, inverse: true }, shape)];
const one = (make: (shared: Shared) => Layer) => (shared: Shared) => [make(shared)];
const hidden = 4;

/** Every kind of layer. A new one is one line more. */
export const zoo: Record<string, Entry> = {
  actNorm: { make: one((a) => inn.actNorm(a)) },
  'actNorm of 0.1.0': { make: one((a) => inn.actNorm({ ...a, centred: false })) },
  additiveCoupling: { make: one((a) => inn.additiveCoupling({ ...a, hidden })) },
  'additiveCoupling of attention': {
    make: one((a) => inn.additiveCoupling({ ...a, conditioner: inn.attention({ hidden, heads: 2 }) })),
  },
  'additiveCoupling, exact': {
    make: one((a) => inn.additiveCoupling({ ...a, hidden, exact: true })),
    bar: 2 ** -12,
  },
  affineCoupling: {
    make: one((a) => inn.affineCoupling({ ...a, hidden, clamp: 1.5, flip: true, kernel: 5 })),
  },
  'affineCoupling, given a vector': {
    make: one((a) => inn.affineCoupling({ ...a, hidden })),
    condition: [3],
  },
  'affineCoupling, volume preserving, of a U-Net': {
    make: one((a) =>
      inn.affineCoupling({
        ...a,
        scale: 'sigmoid',
        volumePreserving: true,
        conditioner: inn.uNet({ hidden, levels: 1 }),
      }),
    ),
  },
  arctan: { make: there((a) => inn.arctan({ ...a, clamp: 2 })) },
  autoregressive: { make: one((a) => inn.autoregressive({ ...a, hidden, order: 'random' })) },
  'autoregressive, splines, given a vector': {
    make: one((a) =>
      inn.autoregressive({ ...a, hidden, order: 'reversed', transformer: { kind: 'spline', bins: 4 } }),
    ),
    shape: [4],
    condition: [3],
  },
  batchNorm: { make: one((a) => inn.batchNorm({ ...a, momentum: 0.9 })) },
  conditionalSpline: {
    make: one((a) => inn.conditionalSpline({ ...a, hidden, bins: 4 })),
    condition: [3],
  },
  conditionalAffine: { make: one((a) => inn.conditionalAffine({ ...a, hidden })), condition: [3] },
  conditionalHintCoupling: { make: one((a) => inn.conditionalHintCoupling({ ...a, hidden })) },
  'conditionalHintCoupling, lane of x': {
    make: one((a) => inn.conditionalHintCoupling({ ...a, hidden, lane: 'x' })),
    condition: [4, 4, 2],
  },
  planar: { make: one((a) => inn.planar(a)) },
  sylvester: { make: one((a) => inn.sylvester({ ...a, hidden: 2 })) },
  circularShift: { make: one((a) => inn.circularShift({ ...a, bounds: [-9, 9] })) },
  contractiveResidual: { make: one((a) => inn.contractiveResidual({ ...a, hidden, coefficient: 0.5 })) },
  'contractiveResidual, exact log-det, given a vector': {
    make: one((a) => inn.contractiveResidual({ ...a, hidden, coefficient: 0.6, logDet: 'exact' })),
    shape: [4],
    condition: [3],
  },
  continuousFlow: { make: one((a) => inn.continuousFlow({ ...a, hidden, steps: 4 })) },
  'continuousFlow, exact trace, given a vector': {
    make: one((a) => inn.continuousFlow({ ...a, hidden, steps: 4, lambda: 1 })),
    shape: [4],
    condition: [3],
  },
  conv1x1: { make: one((a) => inn.conv1x1({ ...a, reflections: 2 })) },
  'conv1x1, lu': { make: one((a) => inn.conv1x1({ ...a, kind: 'lu' })) },
  'conv1x1, qr': { make: one((a) => inn.conv1x1({ ...a, kind: 'qr' })) },
  'conv1x1, exponential, frozen': {
    make: one((a) => inn.conv1x1({ ...a, kind: 'exponential', freeze: true })),
  },
  flatten: { make: there((a, shape) => inn.flatten({ ...a, ...(a.inverse && { from: shape }) })) },
  glowCoupling: { make: one((a) => inn.glowCoupling({ ...a, hidden, mixing: { kind: 'lu' } })) },
  haarSqueeze: { make: there((a) => inn.haarSqueeze(a)) },
  'haarSqueeze, exact': { make: there((a) => inn.haarSqueeze({ ...a, exact: true })), bar: 2 ** -12 },
  hintCoupling: { make: one((a) => inn.hintCoupling({ ...a, hidden, permute: 'both' })) },
  'hintCoupling, exact': {
    make: one((a) => inn.hintCoupling({ ...a, hidden, additive: true, exact: { step: 2 ** -14 } })),
    bar: 2 ** -12,
  },
  hyperbolic: { make: one((a) => inn.hyperbolic({ ...a, hidden })) },
  'hyperbolic, down and up': { make: there((a) => inn.hyperbolic({ ...a, hidden, action: 'down' })) },
  irimCoupling: { make: one((a) => inn.irimCoupling({ ...a, hidden, dilations: [1, 2] })) },
  'irimCoupling, exact': {
    make: one((a) => inn.irimCoupling({ ...a, hidden, exact: true })),
    bar: 2 ** -11,
  },
  leakyRelu: { make: there((a) => inn.leakyRelu({ ...a, slope: 0.5 })) },
  logit: { make: (a, shape) => there((b) => inn.logit({ ...b, alpha: 0.1 }))(a, shape).reverse() },
  momentum: { make: one((a) => inn.momentum({ ...a, hidden, gamma: 0.99 })) },
  orthogonalDownsampling: { make: there((a) => inn.orthogonalDownsampling(a)) },
  pad: {
    make: there((a, shape) => inn.pad({ ...a, multiple: 3, ...(a.inverse && { size: shape.slice(0, -1) }) })),
    scored: false,
  },
  permutation: { make: one((a) => inn.permutation(a)) },
  pixelAffine: { make: one((a) => inn.pixelAffine(a)) },
  reshape: {
    make: there((a, shape) =>
      inn.reshape({ ...a, to: [shape[0]! * shape[1]!, shape[2]!], ...(a.inverse && { from: shape }) }),
    ),
  },
  reverseChannels: { make: one((a) => inn.reverseChannels(a)) },
  rotations: { make: one((a) => inn.rotations(a)) },
  'rotations, exact': { make: one((a) => inn.rotations({ ...a, exact: true })), bar: 2 ** -12 },
  scaling: { make: there((a) => inn.scaling({ ...a, scale: 2, shift: 1 })) },
  sigmoid: { make: there((a) => inn.sigmoid({ ...a, low: -1 })) },
  softplus: { make: there((a) => inn.softplus(a)) },
  split: {
    make: there((a, shape) =>
      inn.split({
        ...a,
        ...(a.inverse && { shape }),
        layers: [inn.squeeze(), inn.actNorm(), inn.split({ keep: 5, layers: [inn.conv1x1({ seed: 3 })] })],
      }),
    ),
  },
  splineCoupling: { make: one((a) => inn.splineCoupling({ ...a, hidden, bins: 4 })) },
  spline: { make: one((a) => inn.spline({ ...a, bins: 4 })) },
  'spline, bounded and circular': {
    make: one((a) => inn.spline({ ...a, bins: 4, tails: ['bounded', 'circular'], bounds: [-6, 6] })),
    shape: [4, 4, 2],
  },
  'squeeze, patch': { make: there((a) => inn.squeeze({ ...a, pattern: 'patch' })) },
  standardize: { make: one((a) => inn.standardize(a)) },
  'standardize by given numbers': { make: one((a) => inn.standardize({ ...a, mean: 0.5, deviation: 2 })) },
  waveletSqueeze: { make: there((a) => inn.waveletSqueeze({ ...a, wavelet: 'sym3' })) },
};

/** So many times an entry, one after the other, with a head if one is given. */
export function build(
  { make, shape = [4, 4, 8], condition }: Entry,
  depth: number,
  {
    gradient = 'reversible' as NonNullable<Shared['gradient']>,
    head = undefined as tfl.layers.Layer | undefined,
  } = {},
): tfl.LayersModel {
  const x = tfl.input({ shape });
  const c = condition && tfl.input({ shape: condition });
  let y = x;
  for (let k = 0; k < depth; k++) {
    for (const layer of make({ seed: k, gradient }, shape)) {
      y = layer.apply(c ? [y, c] : y) as tfl.SymbolicTensor;
    }
  }
  const outputs = head ? (head.apply(y) as tfl.SymbolicTensor) : y;
  return tfl.model({ inputs: c ? [x, c] : x, outputs });
}

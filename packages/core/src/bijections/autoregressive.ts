import { type ActivationName, activationRule } from '../conditioners/blocks/activation';
import { maskedNet } from '../conditioners/masked-net';
import { defineBijection } from '../define';
import { autoregressive as engine } from '../engines/autoregressive';
import { networkOfPart } from '../engines/network-source';
import { forChannels } from '../engines/sources';
import { either, listedOrder, odd, oneOf, type Rules, seed as seedRule, whole } from '../options';
import { randomOrder } from '../random';
import { listsOf } from '../transformers/tails';
import { type TransformerSpec, transformerOf, transformerRule } from '../transformers/transformer-of';

export interface MaskedOptions {
  /** What moves each number: 'affine', 'additive', 'spline', 'circularShift', or one of these with its options, as in { kind: 'spline', bins: 8 }. Default 'affine'. */
  transformer?: TransformerSpec;
  /** Channels of the two hidden layers. Default 32. */
  hidden?: number;
  /** After each hidden layer. Default 'relu'. */
  activation?: ActivationName;
  /** Size of the first and last kernel, odd. Above 1 all pixels before a pixel move it, too. Ignored for vectors. Default 1. */
  kernel?: number;
}

export const maskedRules: Rules<MaskedOptions> = {
  transformer: transformerRule,
  hidden: whole(),
  activation: activationRule,
  kernel: odd,
};

export interface AutoregressiveOptions extends MaskedOptions {
  /** How the channels come: from the first, from the last, at random, or a list of 0 … n−1. Default 'natural'. */
  order?: 'natural' | 'reversed' | 'random' | readonly number[];
  /** Of the random order. Default 0. */
  seed?: number;
}

/** 0 … n−1 in the order of the options. */
const ordered = ({ order = 'natural', seed = 0 }: AutoregressiveOptions) => {
  if (typeof order === 'object') return () => order;
  if (order === 'random') return (n: number) => randomOrder(n, seed);
  const natural = (n: number) => Array.from({ length: n }, (_, i) => i);
  return order === 'natural' ? natural : (n: number) => natural(n).reverse();
};

/**
 * Masked autoregressive map: every number is moved by those before it, whose network tells of all in one evaluation.
 *
 *     yᵢ = φ(xᵢ; hᵢ(x₁ … xᵢ₋₁))      log|det J| = Σ log|φ′|      xᵢ = φ⁻¹(yᵢ; hᵢ(x₁ … xᵢ₋₁)),  i = 1 … D
 *
 * φ is affine, eˡ ⊙ x + t, a shift, of angles too, or a monotone spline. Forward, from data to latent, is one pass; the inverse, and the rebuilding of
 * x for a gradient in flat memory, are D, one number of every sample after the other. Its layer trains in one pass with
 * `gradient: 'recomputed'`, which keeps x, or 'stored'; `reverse` swaps the directions. The numbers are the channels, D of them, each
 * pixel by itself; with a kernel above 1 they are the channels of one pixel after the other, D = pixels × channels.
 * x: [batch, …spatial, channels], a single feature too; the condition moves all.
 * Germain et al. 2015, arXiv:1502.03509; Papamakarios et al. 2017, arXiv:1705.07057, eq. 3–5.
 */
export const autoregressive = defineBijection(
  {
    className: 'InvertibleAutoregressive',
    source: 'Papamakarios et al. 2017, eq. 3–5',
    logDet: 'Σ log φ′',
    seeded: true,
    options: {
      ...maskedRules,
      order: either(oneOf('natural', 'reversed', 'random'), listedOrder),
      seed: seedRule,
    },
  },
  (options: AutoregressiveOptions, name) => {
    const { transformer = 'affine', hidden = 32, activation = 'relu', kernel = 1, order: given } = options;
    const phi = transformerOf(transformer);
    const order = ordered(options);
    const perNumber = Object.values(phi.parameters).reduce((sum, k) => sum + k, 0);
    const net = maskedNet({ perNumber, order, hidden, activation, kernel });
    const source = networkOfPart(net, phi.parameters);
    const b = engine(name, phi, source, { order, byPixel: kernel > 1 });
    const lists = typeof transformer === 'object' ? listsOf(transformer) : [];
    return forChannels(b, typeof given === 'object' ? [given, ...lists] : lists);
  },
);

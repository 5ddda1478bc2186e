import type { Numbered } from '../assembled';
import type { Network } from '../network';
import type { ConvolutionOptions } from './convolution';
import { dotProducts } from './dot-products';
import { gelu } from './gelu';
import { layerNorm } from './layer-norm';
import { sequence } from './sequence';

export interface PreNormOptions {
  convolution: Numbered;
  /** Behind the names of gain and shift. */
  name: string;
  /** Channels of the queries, of the keys and of the values, or of the hidden layer. */
  hidden: number;
  /** The dense layer at the end. */
  last: Omit<ConvolutionOptions, 'name'>;
}

/** h = concat over heads of softmax(q kᵀ/√d) v, times W, plus b;  q, k, v dense layers of LN(x), d = hidden/heads. */
export const normedAttention = (
  heads: number,
  { convolution, name, hidden, last }: PreNormOptions,
): Network =>
  sequence([
    layerNorm(name),
    convolution({ to: () => 3 * hidden, variance: 1 }),
    dotProducts(heads),
    convolution({ variance: 1, ...last }),
  ]);

/** h = gelu(LN(x) W + b) W′ + b′ */
export const normedMlp = ({ convolution, name, hidden, last }: PreNormOptions): Network =>
  sequence([layerNorm(name), convolution({ to: () => hidden }), gelu, convolution({ variance: 1, ...last })]);

import { checkOptions, type Rules, whole } from '../options';
import { assembled } from './assembled';
import { type AttentionOptions, attentionRules } from './attention';
import { layerNorm } from './blocks/layer-norm';
import { onPatches } from './blocks/on-patches';
import { positions } from './blocks/positions';
import { normedAttention, normedMlp } from './blocks/pre-norm';
import { sequence } from './blocks/sequence';
import { skip } from './blocks/skip';
import { checkHeads } from './heads';
import type { Network } from './network';

export interface VitOptions extends AttentionOptions {
  /** Channels of every token, a multiple of `heads`. Default 32. */
  hidden?: number;
  /** Number of blocks. Default 2. */
  blocks?: number;
  /** Pixels of a patch along each axis, which must divide the spatial sizes. Default 1: every pixel is a token. */
  patch?: number;
}

export const vitRules: Rules<VitOptions> = { ...attentionRules, blocks: whole(0, 1000), patch: whole() };

/**
 * A vision transformer: patches become tokens, blocks let each read all others, a dense layer makes patches of what comes out.
 *
 *     t₀ = patches(x) W + b + P      uₖ = tₖ₋₁ + attention(LN tₖ₋₁)      tₖ = uₖ + mlp(LN uₖ), k = 1 … blocks
 *     h = patches⁻¹(LN(t) W′ + b′)
 *
 * The MLP has 4 times the hidden channels. P, a number for each channel of each token, ties the weights to one size. W′ and b′ start at
 * zero. x: [batch, …1 to 3 spatial axes, C]; the condition is appended to its channels. Memory of the attention grows with tokens².
 * Dosovitskiy et al. 2021, arXiv:2010.11929, eq. 1–4.
 */
export function vit(options: VitOptions = {}): Network {
  checkOptions('vit', options, vitRules);
  const { hidden = 32, heads = 4, blocks = 2, patch = 1 } = options;
  checkHeads('vit', hidden, heads);
  const to = () => hidden;
  return assembled(
    'vit',
    (convolution) => {
      const common = { convolution, last: { to } };
      return onPatches(
        'vit',
        patch,
        sequence([
          convolution({ to, variance: 1 }),
          positions,
          ...Array.from({ length: blocks }, (_, k) => [
            skip(normedAttention(heads, { ...common, name: `${2 * k + 1}`, hidden })),
            skip(normedMlp({ ...common, name: `${2 * k + 2}`, hidden: 4 * hidden })),
          ]).flat(),
          layerNorm(`${2 * blocks + 1}`),
          convolution({ zero: true }),
        ]),
      );
    },
    { stride: patch },
  );
}

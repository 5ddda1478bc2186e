import { checkOptions, type Rules, whole } from '../options';
import { assembled } from './assembled';
import { onPatches } from './blocks/on-patches';
import { normedAttention } from './blocks/pre-norm';
import { checkHeads } from './heads';
import type { Network } from './network';

export interface AttentionOptions {
  /** Channels of the queries, of the keys and of the values, a multiple of `heads`. Default 32. */
  hidden?: number;
  /** Heads, each with its own part of the hidden channels. Default 4. */
  heads?: number;
}

export const attentionRules: Rules<AttentionOptions> = { hidden: whole(), heads: whole() };

/**
 * Multi-head self-attention after a layer norm: every pixel reads all others. No pixel knows its place, unless x tells it.
 *
 *     [q, k, v] = LN(x) W₁ + b₁      h = [softmax(qᵢ kᵢᵀ/√d) vᵢ, i = 1 … heads] W₂ + b₂,   d = hidden/heads
 *
 * W₂ and b₂ start at zero. x: [batch, …1 to 3 spatial axes, C], C above 2, since a layer norm of two channels leaves their signs; the
 * condition is appended to them. In an additive coupling, with `mlp` in the next one, a block of a reversible vision transformer.
 * Vaswani et al. 2017, arXiv:1706.03762, section 3.2; Mangalam et al. 2022, arXiv:2302.04869.
 */
export function attention(options: AttentionOptions = {}): Network {
  checkOptions('attention', options, attentionRules);
  const { hidden = 32, heads = 4 } = options;
  checkHeads('attention', hidden, heads);
  return assembled('attention', (convolution) =>
    onPatches(
      'attention',
      1,
      normedAttention(heads, { convolution, name: '1', hidden, last: { zero: true } }),
    ),
  );
}

import type { NetworkBody } from './network';

/**
 * The network inside a coupling, as anybody may write one: `weights`, `forward`, `linearize` and `pushforward` of a {@link Network};
 * [batch, …spatial, in] → [batch, …spatial, out]. `taped` makes one of any function of tfjs ops.
 */
export type Conditioner = NetworkBody;

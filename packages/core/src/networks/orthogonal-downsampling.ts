import { type ExactOptions, exactRule } from '../autodiff/grid';
import type { Bijection } from '../bijection';
import { haarSqueeze } from '../bijections/haar-squeeze';
import { squeeze } from '../bijections/squeeze';
import { chain } from '../combinators/chain';
import { defineBijection, spatialRanks } from '../define';
import { isometry } from '../engines/isometry';
import { linear } from '../engines/linear';
import { refuse } from '../errors';
import { exponential } from '../matrices/exponential';
import { afterHaar, oneForEach, perChannel } from '../matrices/stencils';
import { oneOf } from '../options';
import { halving } from '../tensors/halving';
import { subbands } from '../tensors/subbands';
import { rotations } from './rotations';

export interface OrthogonalDownsamplingOptions extends ExactOptions {
  /**
   * 'channel': every channel has its own 2^d × 2^d matrix; 'all': one matrix mixes all 2^d·C numbers. Default 'channel'; where it is
   * exact, 'all' alone, by `rotations` in the place of exp(A).
   */
  per?: 'channel' | 'all';
  /** What it is before training: the Haar transform, the squeeze alone, or a random rotation. Default 'haar'. */
  start?: 'haar' | 'identity' | 'random';
}

/**
 * Learned orthogonal down-sampling: every spatial size halves, and the 2^d pixels that share a new one are rotated, d spatial axes.
 *
 *     y[…, q·C + c] = Σ_p s[…, p·C + c] W_c[p, q],  s = squeeze(x),  W_c = H exp(A_c)      log|det J| = 0
 *     x = squeeze⁻¹ of s,  s[…, p·C + c] = Σ_q y[…, q·C + c] W_c[p, q]
 *
 * H is the orthonormal Haar matrix or the identity, A_c is skew and starts at zero. With `per: 'all'` A is of 2^d·C numbers.
 * x: [batch, …1 to 3 even spatial sizes, C].   Etmann et al. 2020, arXiv:2005.05220, section 3.
 */
export const orthogonalDownsampling = defineBijection(
  {
    className: 'InvertibleOrthogonalDownsampling',
    source: 'Etmann et al. 2020, 3',
    logDet: '0',
    axes: spatialRanks,
    options: { per: oneOf('channel', 'all'), start: oneOf('haar', 'identity', 'random'), exact: exactRule },
  },
  ({ per, start = 'haar', exact }: OrthogonalDownsamplingOptions, name): Bijection => {
    const keys = { keys: ['squeeze', 'mixing'] };
    if (exact) {
      if (per === 'channel') {
        refuse(
          name,
          "per 'all' where exact is asked for",
          per,
          'Rotations by lifting go through all channels.',
        );
      }
      const halved = start === 'haar' ? haarSqueeze({ exact }) : squeeze();
      return chain([halved, rotations({ start: start === 'random' ? start : 'identity', exact })], keys);
    }
    const phases = isometry(name, { ...halving(name), ...subbands() });
    const begin = start === 'random' ? 'random' : 'identity';
    const rotation =
      per === 'all'
        ? exponential({ start: begin })
        : perChannel(exponential({ start: begin, shape: oneForEach }));
    const matrix = start === 'haar' ? afterHaar(rotation) : rotation;
    return chain([phases, linear(name, matrix)], keys);
  },
);

import { defineBijection } from '../define';
import { elementwise } from '../engines/elementwise';
import { weightsPer } from '../engines/sources';
import { affine } from '../transformers/affine';

/**
 * Affine map per pixel: every number of a sample has a scale and a bias of its own.
 *
 *     y = eˡ ⊙ x + b      log|det J| = Σ l      x = (y − b) ⊙ e⁻ˡ
 *
 * x: [batch, …spatial, channels]; l, b: […spatial, channels].   Dinh et al. 2014, arXiv:1410.8516, section 3.3.
 */
export const pixelAffine = defineBijection(
  { className: 'InvertiblePixelAffine', source: 'Dinh et al. 2014, 3.3', logDet: 'Σ log s' },
  (_: object, name) => elementwise(name, affine(), weightsPer('none', affine().parameters)),
);

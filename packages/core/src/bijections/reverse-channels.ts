import { defineBijection } from '../define';
import { permuting } from '../engines/permuting';

/**
 * The channels in reverse order, so that a coupling moves the half that the one before it kept.
 *
 *     y[…, i] = x[…, n − 1 − i]      log|det J| = 0      its own inverse
 *
 * x: [batch, …spatial, n].   Dinh et al. 2017, arXiv:1605.08803, section 3.5.
 */
export const reverseChannels = defineBijection(
  { className: 'InvertibleReverseChannels', source: 'Dinh et al. 2017, 3.5', logDet: '0' },
  (_: object, name) => permuting(name, (n) => Array.from({ length: n }, (_, i) => n - 1 - i)),
);

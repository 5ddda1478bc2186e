import { defineBijection, spatialRanks } from '../define';
import { isometry } from '../engines/isometry';
import { oneOf } from '../options';
import { halving } from '../tensors/halving';
import { type Lattice, subbands } from '../tensors/subbands';
import { filters, type Wavelet } from '../tensors/wavelets';

export interface WaveletSqueezeOptions {
  /** db1 … db10, sym2 … sym10 or coif1 … coif5. Default 'db2'. */
  wavelet?: Wavelet;
}

/**
 * Wavelet squeeze: one level of an orthogonal wavelet transform along every spatial axis, which is closed to a ring.
 *
 *     L[i] = Σ_n h[n] x[2i + n + 1 − K/2]      g[n] = (−1)ⁿ h[K − 1 − n], n < K      log|det J| = 0
 *     H[i] = Σ_n g[n] x[2i + n + 1 − K/2]      the inverse is the transpose
 *     y[…, p·C + c]                            subband p of channel c, bit k of p: 0 for L, 1 for H along spatial axis k
 *
 * Any even size will do, below K too. The numbers are those of PyWavelets' mode 'periodization'.
 * x: [batch, …1 to 3 even spatial sizes, C].   Mallat 1989, doi:10.1109/34.192463; Daubechies 1992, Ten Lectures on Wavelets.
 */
export const waveletSqueeze = defineBijection(
  {
    className: 'InvertibleWaveletSqueeze',
    source: 'Mallat 1989',
    logDet: '0',
    axes: spatialRanks,
    options: { wavelet: oneOf(...Object.keys(filters)) },
  },
  ({ wavelet = 'db2' }: WaveletSqueezeOptions, name) =>
    isometry(name, { ...halving(name), ...subbands({ lattice: latticeOf(filters[wavelet]) }) }),
);

/**
 * The lattice of a filter: each t takes both ends off the pair of filters (h, g), until two single numbers ±1 are left.
 * Vaidyanathan & Hoang 1988, IEEE Trans. ASSP 36, 81–94.
 */
function latticeOf(h: readonly number[]): Lattice {
  let a = [...h];
  let b = h.map((_, n) => (n % 2 === 0 ? 1 : -1) * h[h.length - 1 - n]!);
  const t: number[] = [];
  let scale = 1;
  for (let K = h.length; K > 0; K -= 2) {
    // Both ends tell the same t: the larger one, less rounded.
    const low = Math.hypot(a[0]!, b[0]!) > Math.hypot(a[K - 1]!, b[K - 1]!);
    const tk = low ? b[0]! / a[0]! : -a[K - 1]! / b[K - 1]!;
    const c = 1 / Math.hypot(1, tk);
    const even = a.map((v, n) => c * (v + tk * b[n]!));
    const odd = a.map((v, n) => c * (tk * v - b[n]!));
    t.unshift(tk);
    scale *= c;
    if (K === 2) scale *= Math.sign(even[0]!);
    [a, b] = [odd.slice(2), even.slice(0, -2)];
  }
  return { t, scale };
}

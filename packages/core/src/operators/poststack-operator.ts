import * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../check';
import { refuse, show } from '../errors';
import { above, checkOptions, required, within } from '../options';
import { convolutionOperator } from './convolution-operator';
import type { LinearOperator } from './operator';

export interface PoststackOptions {
  /** Peak frequency f of the wavelet, hertz. */
  frequency: number;
  /** Seconds from one row to the next; f is at most half of the Nyquist frequency. */
  interval: number;
  /** Deviation of the lateral smoothing, in traces: what a finite aperture, or a Fresnel zone, leaves of detail. Default 0: none. */
  smoothing?: number;
}

/**
 * A seismic section after stacking, linear in the reflectivity: traces convolved with a Ricker wavelet along two-way time, and
 * smoothed across. Zero frequency is lost, and high ones.
 *
 *     A x = g ⋆ₓ (w ⋆ₜ x)      w(t) = (1 − 2π²f²t²) exp(−π²f²t²)      g ∝ exp(−x²/2σ²), Σ g = 1
 *
 * x: [batch, time, traces, channels] → the same shape. Both kernels are symmetric: Aᵀ = A.   Ricker 1953, doi:10.1190/1.1437843.
 *
 * ```ts
 * const section = core.poststackOperator({ frequency: 25, interval: 0.004, smoothing: 1 });
 * const data = section.apply(tf.randomNormal([1, 32, 16, 1]));
 * ```
 */
export function poststackOperator(options: PoststackOptions): LinearOperator {
  checkOptions('poststackOperator', options, {
    frequency: required(above(0, 'In hertz, as 25.')),
    interval: required(above(0, 'In seconds, as 0.004.')),
    smoothing: within(0, 100),
  });
  const { frequency, interval, smoothing = 0 } = options;
  const [least, most] = [0.005, 0.25];
  const cycles = frequency * interval;
  if (!(cycles >= least && cycles <= most)) {
    const expected = `frequency × interval from ${least} to ${most}`;
    refuse('poststackOperator', expected, cycles, 'A cycle of the wavelet takes 4 to 200 rows.');
  }
  // Beyond these the kernels are below float32's rounding of their peaks.
  const wavelet = symmetric(Math.ceil(1.5 / cycles), (k) => {
    const a = (Math.PI * cycles * k) ** 2;
    return (1 - 2 * a) * Math.exp(-a);
  });
  const bell = symmetric(Math.ceil(6 * smoothing), (k) =>
    Math.exp(-0.5 * (k / Math.max(smoothing, 1e-9)) ** 2),
  );
  const total = bell.reduce((sum, v) => sum + v);
  const inTime = convolutionOperator(wavelet.map((v) => [v]));
  const across = convolutionOperator([bell.map((v) => v / total)]);
  const model = (x: tf.Tensor) => {
    checkTensor('poststackOperator', 'the input', x);
    if (x.rank !== 4) {
      refuse('poststackOperator', '[batch, time, traces, channels]', show(x.shape), 'Give sections.');
    }
    return tf.tidy(() => across.apply(inTime.apply(x)));
  };
  return { apply: model, adjoint: model };
}

const symmetric = (reach: number, f: (k: number) => number): number[] =>
  Array.from({ length: 2 * reach + 1 }, (_, k) => f(k - reach));

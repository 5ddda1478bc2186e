import * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../check';
import { refuse, show } from '../errors';
import { checkOptions, finite, listOf, required, whole } from '../options';
import { channelwise } from './channelwise';
import type { HeldOperator } from './operator';

export interface RadonOptions {
  /** Directions of the rays' normals, radians: θ sees position x cos θ + y sin θ. Fewer than half a turn is a limited angle. */
  angles: readonly number[];
  /** Pixels along each side of the image. */
  size: number;
  /** Detector bins of each angle, as wide as a pixel, the middle of them over that of the image. Default: the diagonal, rounded up. */
  bins?: number;
}

/**
 * Parallel-beam tomography: each bin measures the integral of the image over a strip as wide as a pixel.
 *
 *     (A x)[θ, b] = Σ_pixels |pixel ∩ strip(θ, b)| x[pixel]      A: a matrix [size², angles·bins], made once
 *
 * x: [batch, size, size, channels] → [batch, angles, bins, channels]. It holds 4·size²·angles·bins bytes until `dispose`.
 * Kak & Slaney 2001, doi:10.1137/1.9780898719277, section 7.1.
 *
 * ```ts
 * const angles = Array.from({ length: 8 }, (_, k) => (k * Math.PI) / 16);
 * const radon = core.radonOperator({ angles, size: 16 });
 * const sinogram = radon.apply(tf.ones([2, 16, 16, 1])); // [2, 8, 23, 1]
 * radon.dispose();
 * ```
 */
export function radonOperator(options: RadonOptions): HeldOperator {
  checkOptions('radonOperator', options, {
    angles: required({ ...listOf(finite, 1), remedy: 'Give them in radians.' }),
    size: required({ ...whole(1, 4096), remedy: 'Give the pixels along one side.' }),
    bins: whole(1, 8192),
  });
  const { angles, size, bins = Math.ceil(size * Math.SQRT2) } = options;
  const A = tf.keep(tf.tensor2d(stripAreas({ angles, size, bins }), [size * size, angles.length * bins]));
  const check = (t: tf.Tensor, rows: number, columns: number) => {
    checkTensor('radonOperator', 'the input', t);
    if (t.rank === 4 && t.shape[1] === rows && t.shape[2] === columns) return;
    const remedy = 'Make the operator for this size.';
    refuse('radonOperator', `shape ${show([null, rows, columns, null])}`, show(t.shape), remedy);
  };
  // Transposes of the data, not of A: as a flag of matMul a transpose takes ten times as long on wasm.
  const flat = (t: tf.Tensor): tf.Tensor2D => tf.reshape(t, [t.shape[0], -1]);
  return {
    apply(x) {
      check(x, size, size);
      return channelwise(x, (t) => tf.reshape(tf.matMul(flat(t), A), [-1, angles.length, bins, 1]));
    },
    adjoint(d) {
      check(d, angles.length, bins);
      return channelwise(d, (t) => {
        const columns = tf.matMul(A, tf.transpose(flat(t)));
        return tf.reshape(tf.transpose(columns), [-1, size, size, 1]);
      });
    },
    dispose: () => A.dispose(),
  };
}

/** Areas in which pixels and strips overlap, pixel by pixel: differences of the distribution of a pixel's shadow. */
function stripAreas({ angles, size, bins }: Required<RadonOptions>): Float32Array {
  const areas = new Float32Array(size * size * angles.length * bins);
  const middle = (size - 1) / 2;
  angles.forEach((angle, k) => {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const before = shadow(Math.abs(cos), Math.abs(sin));
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const centre = (column - middle) * cos + (middle - row) * sin + bins / 2;
        const from = ((row * size + column) * angles.length + k) * bins;
        const last = Math.min(bins - 1, Math.floor(centre + 1));
        for (let bin = Math.max(0, Math.floor(centre - 1)); bin <= last; bin++) {
          areas[from + bin] = before(bin + 1 - centre) - before(bin - centre);
        }
      }
    }
  });
  return areas;
}

/** The part of a unit square's shadow left of t: the shadow is a trapezium, a box as wide as |cos θ| smeared by |sin θ|. */
function shadow(a: number, b: number): (t: number) => number {
  const [long, short] = [Math.max(a, b), Math.min(a, b)];
  if (short < 1e-6) return (t) => Math.min(1, Math.max(0, t / long + 0.5));
  const ramp = (t: number) => Math.max(0, t) ** 2 / (2 * long * short);
  const [outer, inner] = [(long + short) / 2, (long - short) / 2];
  return (t) => ramp(t + outer) - ramp(t + inner) - ramp(t - inner) + ramp(t - outer);
}

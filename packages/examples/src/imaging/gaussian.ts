import * as tf from '@tensorflow/tfjs';
import { draws } from './draws';
import { wavelet } from './wavelet';

/** How like a trace is to its neighbour, and the deviation of what no neighbour tells of. */
const [alike, texture] = [0.9, 0.1];

const length = Math.hypot(...wavelet);

/**
 * Sections that are normal, [count, size, size, 1], a function of the seeds alone: white noise that is convolved with the wavelet
 * down the traces and goes on from trace to trace, xₖ₊₁ = ρ xₖ + √(1 − ρ²) ε. Their deviation is about 1.
 */
export function normalSections(count: number, size: number, ...seeds: number[]): Float32Array {
  const random = draws(...seeds);
  const all = new Float32Array(count * size * size);
  const rows = size + wavelet.length - 1;
  for (let n = 0; n < count; n++) {
    let trace = Float32Array.from({ length: rows }, () => random.normal());
    for (let x = 0; x < size; x++) {
      for (let z = 0; z < size; z++) {
        const sum = wavelet.reduce((s, w, k) => s + w * trace[z + k]!, 0);
        all[(n * size + z) * size + x] = sum / length + texture * random.normal();
      }
      trace = trace.map((v) => alike * v + Math.sqrt(1 - alike ** 2) * random.normal());
    }
  }
  return all;
}

/** Their covariance, [pixels, pixels]: that of the wavelet in depth, ρ to the distance across, and the texture. */
export function normalCovariance(size: number): tf.Tensor2D {
  const inDepth = (d: number) =>
    wavelet.reduce((sum, w, k) => sum + w * (wavelet[k + d] ?? 0), 0) / length ** 2;
  const pixels = size ** 2;
  const values = Float32Array.from({ length: pixels ** 2 }, (_, k) => {
    const [p, q] = [Math.floor(k / pixels), k % pixels];
    const [dz, dx] = [Math.floor(p / size) - Math.floor(q / size), (p % size) - (q % size)];
    return inDepth(Math.abs(dz)) * alike ** Math.abs(dx) + (p === q ? texture ** 2 : 0);
  });
  return tf.tensor2d(values, [pixels, pixels]);
}

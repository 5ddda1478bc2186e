import { type Draws, draws } from './draws';
import { period, wavelet } from './wavelet';

/** Points in a pixel, along depth, at which the earth is looked at: interfaces are smooth. */
const samples = 3;

/** Points to a pixel at which the values of layers are kept. */
const fine = 8;

/** What makes the deviation of all sections 1, and that of what scatters the waves besides the layers. */
const [gain, texture] = [1.15, 0.06];

/**
 * The earth, depth by distance: layers of random thickness and impedance, folded, tilted, and in two of three sections cut by a
 * fault. Rows go on for the length of the wavelet above and below.
 */
function earth(random: Draws, size: number): { at(z: number, x: number): number } {
  const layers = profile(random, 3 * size);
  const [height, length, phase] = [random.within(0, 0.1), random.within(0.6, 1.6), random.within(0, 6.3)];
  const tilt = random.within(-0.25, 0.25);
  const [cut, slope] = [random.within(0.2, 0.8) * size, random.within(-0.6, 0.6)];
  const thrown = random.happens(2 / 3) ? random.within(-0.2, 0.2) * size : 0;
  const folded = Float32Array.from({ length: size }, (_, x) => {
    const fold = height * size * Math.sin((2 * Math.PI * x) / (length * size) + phase);
    return fold + tilt * (x - size / 2) + size;
  });
  return {
    at(z, x) {
      const depth = z + folded[x]! + (x > cut + slope * (z - size / 2) ? thrown : 0);
      let sum = 0;
      for (let s = 0; s < samples; s++) sum += layers[Math.round(fine * (depth + s / samples))] ?? 0;
      return sum / samples;
    },
  };
}

/** Layers down to a depth, each of a value of its own. */
function profile(random: Draws, depth: number): Float32Array {
  const values = new Float32Array(fine * depth);
  for (let top = 0; top < depth; ) {
    const next = top + 1.5 + random.exponential(3);
    values.fill(random.normal(), Math.round(fine * top), Math.round(fine * next));
    top = next;
  }
  return values;
}

/** The waves that the earth sends back: what changes from one depth to the next, convolved with the wavelet. */
function section(random: Draws, size: number): Float32Array {
  const { at } = earth(random, size);
  const all = new Float32Array(size * size);
  for (let x = 0; x < size; x++) {
    const trace = Array.from({ length: size + 2 * period + 1 }, (_, k) => at(k - period, x));
    for (let z = 0; z < size; z++) {
      let sum = 0;
      for (let k = 0; k < wavelet.length; k++) sum += wavelet[k]! * (trace[z + k + 1]! - trace[z + k]!);
      all[z * size + x] = gain * sum + texture * random.normal();
    }
  }
  return all;
}

/**
 * So many random seismic sections, [count, size, size, 1], a function of the seeds alone. Their deviation is about 1; some of it
 * is noise that no neighbour tells of.
 */
export function sections(count: number, size: number, ...seeds: number[]): Float32Array {
  const random = draws(...seeds);
  const all = new Float32Array(count * size * size);
  for (let n = 0; n < count; n++) all.set(section(random, size), n * size * size);
  return all;
}

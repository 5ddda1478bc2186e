import * as tf from '@tensorflow/tfjs';
import { type RandomGenerator, xoroshiro128plus } from 'pure-rand';

/** Grid of points in a pixel, along each axis: edges are grey. */
const samples = 3;

interface Ellipse {
  x: number;
  y: number;
  /** Half axes. */
  a: number;
  b: number;
  angle: number;
  value: number;
}

/** Random phantoms: a bright body with up to six ellipses in it, numbers within [0, 1]. A function of the seed alone. */
export function phantoms(seed: number): (count: number, size: number) => tf.Tensor4D {
  // The generator wants its seed mixed: neighbouring seeds would begin alike.
  const random = xoroshiro128plus(Math.imul(seed + 1, 0x9e3779b1));
  for (let k = 0; k < 16; k++) random.unsafeNext();
  return (count, size) => {
    const images = Array.from({ length: count }, () => draw(ellipses(random), size));
    const all = new Float32Array(count * size * size);
    images.forEach((image, n) => {
      all.set(image, n * size * size);
    });
    return tf.tensor4d(all, [count, size, size, 1]);
  };
}

/** On the square [−1, 1]². */
function ellipses(random: RandomGenerator): Ellipse[] {
  const within = (low: number, high: number) => low + ((high - low) * (random.unsafeNext() >>> 0)) / 2 ** 32;
  const body = {
    x: within(-0.1, 0.1),
    y: within(-0.1, 0.1),
    a: within(0.55, 0.8),
    b: within(0.55, 0.8),
    angle: within(0, Math.PI),
    value: within(0.35, 0.6),
  };
  const inside = Array.from({ length: Math.floor(within(2, 7)) }, () => ({
    x: within(-0.45, 0.45),
    y: within(-0.45, 0.45),
    a: within(0.07, 0.35),
    b: within(0.07, 0.35),
    angle: within(0, Math.PI),
    value: within(-0.4, 0.45),
  }));
  return [body, ...inside];
}

function draw(parts: readonly Ellipse[], size: number): Float32Array {
  const image = new Float32Array(size * size);
  const at = (k: number, sub: number) => (2 * (k + (sub + 0.5) / samples)) / size - 1;
  const turned = parts.map((e) => ({ ...e, cos: Math.cos(e.angle), sin: Math.sin(e.angle) }));
  for (let p = 0; p < image.length; p++) {
    let sum = 0;
    for (let s = 0; s < samples ** 2; s++) {
      const x = at(p % size, s % samples);
      const y = at(Math.floor(p / size), Math.floor(s / samples));
      let value = 0;
      for (const { cos, sin, a, b, ...e } of turned) {
        const u = ((x - e.x) * cos + (y - e.y) * sin) / a;
        const v = ((y - e.y) * cos - (x - e.x) * sin) / b;
        if (u * u + v * v < 1) value += e.value;
      }
      sum += Math.min(1, Math.max(0, value));
    }
    image[p] = sum / samples ** 2;
  }
  return image;
}

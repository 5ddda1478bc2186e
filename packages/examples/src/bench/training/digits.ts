import { mersenne, unsafeUniformIntDistribution } from 'pure-rand';
import { loadDigits, pixels, side as whole } from '../../mnist/data';

/** Numbers of images. */
export const count = { train: 10_000, test: 2000 };
/** Pixels along both axes, and the levels of grey. */
export const side = 8;
export const levels = 17;

/** So many pixels of the margin are cut, and the means of squares of the rest are the pixels of the small image. */
const margin = 2;
const square = (whole - 2 * margin) / side;

/** MNIST at 8 × 8 pixels of 17 levels, 0 … 16, such as the digits of Alpaydin & Kaynak 1998. */
function shrunk(part: keyof typeof count): Uint8Array {
  const { bytes } = loadDigits(part);
  const small = new Uint8Array(count[part] * side ** 2);
  for (let k = 0; k < small.length; k++) {
    const [image, row, column] = [Math.floor(k / side ** 2), Math.floor(k / side) % side, k % side];
    let sum = 0;
    for (let i = 0; i < square ** 2; i++) {
      const y = margin + row * square + Math.floor(i / square);
      const x = margin + column * square + (i % square);
      sum += bytes[image * pixels + y * whole + x] ?? 0;
    }
    small[k] = Math.round(((sum / square ** 2) * (levels - 1)) / 255);
  }
  return small;
}

/** n images with uniform noise, scaled to [0, 1), each pass over all of them in an order of its own: a function of the seed alone. */
export function digits(part: keyof typeof count, n: number, seed: number): Float32Array {
  const small = shrunk(part);
  const random = mersenne(seed);
  const below = (m: number) => unsafeUniformIntDistribution(0, m - 1, random);
  const all = new Float32Array(n * side ** 2);
  let order: number[] = [];
  for (let k = 0; k < n; k++) {
    if (order.length === 0) order = shuffled(count[part], below);
    const image = order.pop() ?? 0;
    for (let i = 0; i < side ** 2; i++) {
      const level = small[image * side ** 2 + i] ?? 0;
      all[k * side ** 2 + i] = (level + below(2 ** 24) / 2 ** 24) / levels;
    }
  }
  return all;
}

function shuffled(n: number, below: (m: number) => number): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = below(i + 1);
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
}

import { PNG } from 'pngjs';
import { xoroshiro128plus } from 'pure-rand';
import { rasterize } from '../raster';
import { type Digits, pixels, side } from './data';

/** Images of bytes that are no digits, by what they are, as many of each as there are digits. */
export function otherImages({ count, bytes }: Digits, seed: number): Record<string, Uint8Array> {
  const random = xoroshiro128plus(seed);
  return {
    'their upper halves alone': bytes.map((v, i) => (i % pixels < pixels / 2 ? v : 0)),
    'letters of a font': letters(count),
    'digits in negative': bytes.map((v) => 255 - v),
    noise: Uint8Array.from({ length: count * pixels }, () => random.unsafeNext() & 255),
  };
}

/** Capital letters as large and as bold as the digits are, each a little elsewhere. */
function letters(count: number): Uint8Array {
  const images = new Uint8Array(count * pixels);
  for (let n = 0; n < count; n++) {
    const letter = String.fromCharCode(65 + (n % 26));
    const [x, y] = [side / 2 + (n % 3) - 1, 21 + (n % 5) / 2];
    const text = `<text x="${x}" y="${y}" text-anchor="middle" font-size="20" fill="white" stroke="white" font-family="DejaVu Sans">${letter}</text>`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><rect width="100%" height="100%"/>${text}</svg>`;
    const { data } = PNG.sync.read(rasterize(svg, { scale: 1 }));
    for (let p = 0; p < pixels; p++) images[n * pixels + p] = data[4 * p] ?? 0;
  }
  return images;
}

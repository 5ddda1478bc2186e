import { brotliCompressSync, constants, deflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { type Digits, pixels, side } from '../mnist/data';

/** Grey images below each other as a PNG file. */
function png(bytes: Uint8Array): number {
  const image = new PNG({ width: side, height: bytes.length / side });
  for (const [i, v] of bytes.entries()) image.data.set([v, v, v, 255], 4 * i);
  return PNG.sync.write(image, { colorType: 0, deflateLevel: 9 }).length;
}

const zlib = (bytes: Uint8Array) => deflateSync(bytes, { level: 9 }).length;
const brotli = (bytes: Uint8Array) =>
  brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
  }).length;

/** Bits per pixel of general codecs on the same digits, at their best levels: all in one file, and each by itself. */
export function otherCodecs({ count, bytes }: Digits): Record<string, number> {
  const digits = Array.from({ length: count }, (_, n) => bytes.subarray(n * pixels, (n + 1) * pixels));
  const each = (size: (bytes: Uint8Array) => number) => digits.reduce((sum, one) => sum + size(one), 0);
  const sizes = {
    'PNG, a file each': each(png),
    'PNG, one sheet': png(bytes),
    'zlib, each': each(zlib),
    'zlib, all': zlib(bytes),
    'brotli, all': brotli(bytes),
  };
  return Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, (8 * size) / bytes.length]));
}

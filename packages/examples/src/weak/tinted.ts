import { PNG } from 'pngjs';
import { columns, height, width } from './scene';

/** Red, green and blue, from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** One slice in grey, its voxels of 4 mm tinted with the colours that they are given, as the address of an image. */
export function tinted(grey: Float32Array, tint: (voxel: number) => Colour | undefined): string {
  const png = new PNG({ width, height, colorType: 2 });
  grey.forEach((value, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    const level = 255 * Math.min(1, value);
    const colour = tint((y >> 1) * columns + (x >> 1)) ?? [level, level, level];
    png.data.set([...colour.map((c) => Math.round(0.5 * (level + c))), 255], 4 * i);
  });
  return `data:image/png;base64,${PNG.sync.write(png).toString('base64')}`;
}

import { readFileSync } from 'node:fs';
import { PNG } from 'pngjs';

/** A head in voxels of 2 mm, [z from below, y from the front, x from the left]; `data/brain.md` says whose and from where. */
export interface Brain {
  shape: readonly [depth: number, height: number, width: number];
  /** T1-weighted intensity, from 0 to 1. */
  t1: Float32Array;
  /** The region of each voxel; 0 is none. */
  labels: Uint8Array;
  /** The region's name by its number, such as Hippocampus_L. */
  regions: ReadonlyMap<number, string>;
}

const shape = [90, 108, 90] as const;
/** Slices in a row of the mosaic. */
const columns = 10;
const fileOf = (name: string) => new URL(`../../data/${name}`, import.meta.url);

export function loadBrain(): Brain {
  const lines = readFileSync(fileOf('brain-regions.txt'), 'utf8').trim().split('\n');
  return {
    shape,
    t1: Float32Array.from(slices('brain-t1.png'), (byte) => byte / 255),
    labels: slices('brain-labels.png'),
    regions: new Map(
      lines.map((line) => {
        const [number, name = ''] = line.split(' ');
        return [Number(number), name];
      }),
    ),
  };
}

/** The voxels of a mosaic of axial slices, slice by slice. */
function slices(name: string): Uint8Array {
  const [depth, height, width] = shape;
  const png = PNG.sync.read(readFileSync(fileOf(name)));
  const voxels = new Uint8Array(depth * height * width);
  for (let z = 0; z < depth; z++) {
    const [top, left] = [Math.floor(z / columns) * height, (z % columns) * width];
    for (let y = 0; y < height; y++) {
      const row = (top + y) * png.width + left;
      // Grey pixels are read as RGBA.
      for (let x = 0; x < width; x++) voxels[(z * height + y) * width + x] = png.data[4 * (row + x)]!;
    }
  }
  return voxels;
}

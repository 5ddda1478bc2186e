import { xoroshiro128plus } from 'pure-rand';

/** 1 at so many voxels of each slice of a mask, drawn from those in it: a function of the seed. */
export function drawPoints(
  mask: Float32Array,
  { slices, count, seed }: { slices: number; count: number; seed: number },
): Float32Array {
  // The generator wants its seed mixed: neighbouring seeds would begin alike.
  const random = xoroshiro128plus(Math.imul(seed + 1, 0x9e3779b1));
  for (let k = 0; k < 16; k++) random.unsafeNext();
  const size = mask.length / slices;
  const drawn = new Float32Array(mask.length);
  for (let s = 0; s < slices; s++) {
    const places = Array.from({ length: size }, (_, i) => s * size + i).filter((i) => mask[i] === 1);
    for (let k = 0; k < count; k++) {
      const [place = 0] = places.splice((random.unsafeNext() >>> 0) % places.length, 1);
      drawn[place] = 1;
    }
  }
  return drawn;
}

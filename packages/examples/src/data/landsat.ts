import { readFileSync } from 'node:fs';
import { PNG } from 'pngjs';

/** A square of a satellite's image; `data/landsat.md` says of what and from where. */
export interface Scene {
  /** Pixels along each side. */
  side: number;
  /** Names of the bands, by wavelength. */
  bands: readonly string[];
  /** Digital numbers, 0 to 255, [y from the north, x from the west, band]. */
  values: Float32Array;
}

const bands = ['blue', 'green', 'red', 'near infrared', 'short-wave infrared 1', 'short-wave infrared 2'];

export function loadLandsat(): Scene {
  const png = PNG.sync.read(readFileSync(new URL('../../data/landsat.png', import.meta.url)));
  const [side, count] = [png.width, bands.length];
  const values = new Float32Array(side * side * count);
  for (let band = 0; band < count; band++) {
    for (let p = 0; p < side * side; p++) {
      // The bands lie one below the other; grey pixels are read as RGBA.
      values[p * count + band] = png.data[4 * (band * side * side + p)]!;
    }
  }
  return { side, bands, values };
}

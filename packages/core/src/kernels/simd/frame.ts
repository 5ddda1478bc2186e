import type { Rows } from '../heap';
import { framed, type Geometry } from './geometry';

/** Whether the input has to be copied into a frame of zeros. */
export const needsFrame = (g: Geometry): boolean => framed(g).some((n, i) => n !== g.size[i]);

/** Numbers of a framed sample, and a few after it that may be read. */
export function frameSize(g: Geometry): number {
  const [depth, height, width] = framed(g);
  return depth * height * width * g.channels + 4;
}

/** Copies a sample into its frame. Places are counted in numbers. */
export function frame(copy: (rows: Rows) => void, from: number, to: number, g: Geometry): void {
  const [depth, height, width] = g.size;
  const [, high, wide] = framed(g);
  const [front, top, left] = g.before;
  const [length, stepTo] = [width * g.channels, wide * g.channels];
  for (let d = 0; d < depth; d++) {
    copy({
      from: from + d * height * length,
      to: to + (((d + front) * high + top) * wide + left) * g.channels,
      ...{ rows: height, length, stepFrom: length, stepTo },
    });
  }
}

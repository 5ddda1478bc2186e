import type { Square } from '../protocol';
import { colour, rgb } from './colours';
import type { Sheet } from './sheet';

/** A window of the plane on a sheet. */
export interface Plane {
  toPixels(x: number, y: number): [number, number];
  toPoint(left: number, top: number): [number, number];
}

export function planeOf({ width, height }: Sheet, [[left, right], [bottom, top]]: Square): Plane {
  return {
    toPixels: (x, y) => [((x - left) / (right - left)) * width(), ((top - y) / (top - bottom)) * height()],
    toPoint: (px, py) => [left + (px / width()) * (right - left), top - (py / height()) * (top - bottom)],
  };
}

/** Points [n, 2] as dots. */
export function drawDots({ context }: Sheet, plane: Plane, points: Float32Array, radius: number): void {
  context.beginPath();
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = plane.toPixels(points[i] ?? 0, points[i + 1] ?? 0);
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
  context.fill();
}

/** Lines of so many points each, [n, 2] one after the other. */
export function drawLines({ context }: Sheet, plane: Plane, points: Float32Array, each: number): void {
  context.beginPath();
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = plane.toPixels(points[i] ?? 0, points[i + 1] ?? 0);
    if (i % (2 * each) === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
  context.stroke();
}

/** The point that travels: a ring with a cross, so that it is told from dots without its colour. */
export function drawMark({ context }: Sheet, plane: Plane, point: readonly [number, number]): void {
  const [x, y] = plane.toPixels(...point);
  for (const [stroke, width] of [
    [colour('sheet'), 5],
    [colour('accent'), 2],
  ] as const) {
    context.strokeStyle = stroke;
    context.lineWidth = width;
    context.beginPath();
    context.arc(x, y, 7, 0, 2 * Math.PI);
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      context.moveTo(x + 7 * dx, y + 7 * dy);
      context.lineTo(x + 12 * dx, y + 12 * dy);
    }
    context.stroke();
  }
}

/** Log-densities of side × side pixels as a picture: bare where there is nothing, full at the 99th percentile. */
export function heatMap(logDensity: Float32Array, side: number): OffscreenCanvas {
  const density = logDensity.map((l) => Math.exp(l));
  const most = Float32Array.from(density).sort()[Math.floor(0.99 * density.length)] || 1;
  const [r, g, b] = rgb(colour('heat'));
  const image = new ImageData(side, side);
  // Number by number: an array for each of 50,000 pixels would hold the page up.
  density.forEach((p, k) => {
    const { data } = image;
    data[4 * k] = r;
    data[4 * k + 1] = g;
    data[4 * k + 2] = b;
    data[4 * k + 3] = 255 * Math.min(1, p / most);
  });
  const picture = new OffscreenCanvas(side, side);
  picture.getContext('2d')?.putImageData(image, 0, 0);
  return picture;
}

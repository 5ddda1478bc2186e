import { PNG } from 'pngjs';
import { rasterize } from './raster';

/** A chart under the rows of images, as an SVG, under a title. */
interface Below {
  title: string;
  svg: string;
}

/** Rows of square images, numbers within [0, 1], under titles, as a PNG; a chart may follow. */
export function picture(
  blocks: { title: string; images: Float32Array }[],
  { side, columns = 10, zoom = 2, below }: { side: number; columns?: number; zoom?: number; below?: Below },
): Buffer {
  const pixels = side ** 2;
  const cell = side * zoom;
  const [margin, titled] = [12, 26];
  let top = margin;
  const parts: string[] = [];
  const caption = (title: string) =>
    `<text x="${margin}" y="${top + 15}" font-size="13" font-family="DejaVu Sans">${title}</text>`;
  for (const { title, images } of blocks) {
    const count = images.length / pixels;
    const rows = Math.ceil(count / columns);
    const [width, height] = [columns * cell, rows * cell];
    const png = new PNG({ width: columns * side, height: rows * side, colorType: 0 });
    for (let n = 0; n < count; n++) {
      const corner = Math.floor(n / columns) * side * png.width + (n % columns) * side;
      for (let p = 0; p < pixels; p++) {
        const at = 4 * (corner + Math.floor(p / side) * png.width + (p % side));
        const grey = Math.round(255 * Math.min(1, Math.max(0, images[n * pixels + p]!)));
        png.data.set([grey, grey, grey, 255], at);
      }
    }
    const data = PNG.sync.write(png).toString('base64');
    parts.push(
      caption(title),
      `<image x="${margin}" y="${top + titled}" width="${width}" height="${height}" image-rendering="optimizeSpeed" href="data:image/png;base64,${data}"/>`,
    );
    top += titled + height + margin;
  }
  const width = columns * cell + 2 * margin;
  if (below) {
    const [, height = '0'] = /<svg[^>]* height="([\d.]+)"/.exec(below.svg) ?? [];
    parts.push(caption(below.title), below.svg.replace('<svg', `<svg x="${margin}" y="${top + titled}"`));
    top += titled + Number(height) + margin;
  }
  return rasterize(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top}">${parts.join('')}</svg>`,
  );
}

import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';

const fonts = join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf');

/** Pixels of an SVG, as a PNG file. Brings its own font, so that a machine without any draws the same picture. */
export function rasterize(svg: string, { scale = 2 } = {}): Buffer {
  const font = {
    fontFiles: [join(fonts, 'DejaVuSans.ttf')],
    loadSystemFonts: false,
    defaultFontFamily: 'DejaVu Sans',
    sansSerifFamily: 'DejaVu Sans',
  };
  return new Resvg(svg, { font, fitTo: { mode: 'zoom', value: scale }, background: 'white' })
    .render()
    .asPng();
}

/** Writes beside, then renames: a file is never half written. */
export function writeFile(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
}

import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** A chart of vega-lite as an SVG, in the font that `rasterize` brings. */
export async function chart(spec: TopLevelSpec): Promise<string> {
  const { spec: compiled } = compile({ ...spec, background: 'white', config: { font: 'DejaVu Sans' } });
  return new vega.View(vega.parse(compiled), { renderer: 'none' }).toSVG();
}

import type * as tf from '@tensorflow/tfjs';
import { chart } from '../chart';
import { floatsOf } from '../measure';
import { pixels, side } from '../mnist/data';
import { rasterize } from '../raster';

interface Shown {
  /** Images [count, 28, 28, 1] within [0, 1], and the bits that each pixel takes. */
  digits: tf.Tensor;
  bits: tf.Tensor;
  /** Bits per pixel by codec, that of the flow first. */
  codecs: Record<string, number>;
}

/** Images beside each other as squares of a colour scale. */
async function row(images: tf.Tensor, title: string, legend: string, scheme: string) {
  const values = [...(await floatsOf(images))].map((v, i) => {
    const [n, p] = [Math.floor(i / pixels), i % pixels];
    return { v, x: n * side + (p % side), y: Math.floor(p / side) };
  });
  const axis = { axis: null, scale: { padding: 0 } };
  return {
    title,
    width: 3 * side * (values.length / pixels),
    height: 3 * side,
    data: { values },
    mark: { type: 'rect' as const, stroke: null },
    encoding: {
      x: { field: 'x', type: 'ordinal' as const, ...axis },
      y: { field: 'y', type: 'ordinal' as const, ...axis },
      color: { field: 'v', type: 'quantitative' as const, title: legend, scale: { scheme } },
    },
  };
}

/** Digits, where their bits are spent, and the codecs side by side. */
export async function picture({ digits, bits, codecs }: Shown): Promise<Buffer> {
  const values = Object.entries(codecs).map(([codec, v]) => ({ codec, v, label: v.toFixed(3) }));
  const y = { field: 'codec', type: 'nominal' as const, sort: null, title: null, axis: { labelLimit: 260 } };
  const x = { field: 'v', type: 'quantitative' as const, title: 'bits per pixel' };
  const svg = await chart({
    resolve: { scale: { color: 'independent', x: 'independent', y: 'independent' } },
    vconcat: [
      await row(digits, 'Held-out digits', 'grey level', 'greys'),
      await row(bits, 'Bits that each pixel takes under the flow', 'bits', 'inferno'),
      {
        title: 'Size of the same digits, without loss',
        width: 700,
        height: 150,
        data: { values },
        layer: [
          { mark: { type: 'bar', color: '#4c78a8' }, encoding: { x, y } },
          { mark: { type: 'text', align: 'left', dx: 4 }, encoding: { x, y, text: { field: 'label' } } },
        ],
      },
    ],
  });
  return rasterize(svg);
}

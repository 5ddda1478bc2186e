import { PNG } from 'pngjs';
import { rasterize } from '../raster';
import { type Colour, colourOf, errorsOf, falseAlarm, falseColours, hit, missed, overGrey } from './colours';
import type { Dates } from './dates';
import type { LabelledPixel } from './labels';

export interface Shown {
  dates: Dates;
  labels: readonly LabelledPixel[];
  /** Of a change, at every pixel. */
  probability: Float32Array;
  /** Maps to compare, the network's first, by their titles. */
  maps: readonly (readonly [title: string, map: Uint8Array])[];
}

/** Screen pixels of a side of a panel, and between panels; panels in a row. */
const [edge, gap, columns] = [288, 14, 4];
/** Heights of the title above a panel and of the note below it. */
const [titled, noted] = [24, 26];

const rgb = (c: Colour | undefined) => `rgb(${c})`;
const words = (x: number, y: number, size: number, text: string) =>
  `<text x="${x}" y="${y}" font-size="${size}" font-family="DejaVu Sans">${text}</text>`;
/** Coloured squares with words. */
const key = (entries: readonly (readonly [Colour | undefined, string])[]) =>
  entries
    .map(([colour, text], i) => {
      const x = i * 94;
      return `<rect x="${x}" y="4" width="12" height="12" fill="${rgb(colour)}" stroke="#555"/>${words(x + 17, 14, 11, text)}`;
    })
    .join('');

/** Both dates, the truth with the labelled pixels, the probability, and the errors of the maps. */
export function picture({ dates, labels, probability, maps }: Shown): Buffer {
  const { side, truth } = dates;
  const [before, after] = falseColours(dates);
  const zoom = edge / side;
  const dots = labels.map(({ y, x, changed }) => {
    const fill = changed ? '#fff' : '#39f';
    return `<circle cx="${(x + 0.5) * zoom}" cy="${(y + 0.5) * zoom}" r="3" fill="${fill}" stroke="black"/>`;
  });
  const ramp = Array.from(
    { length: 50 },
    (_, i) => `<rect x="${i * 3}" y="4" width="3.2" height="12" fill="${rgb(colourOf(i / 49))}"/>`,
  );
  const errors = key([
    [hit, 'hit'],
    [missed, 'missed'],
    [falseAlarm, 'false alarm'],
  ]);
  const kilometres = ((side * 28.5) / 1000).toFixed(1);
  const panels = [
    {
      title: 'Date 1',
      image: before,
      note: words(0, 14, 11, `bands 4, 3, 2: plants are red · ${kilometres} km wide`),
    },
    {
      title: 'Date 2',
      image: after,
      note: words(0, 14, 11, 'drier, hazy, a cloud’s shadow, half a pixel aside'),
    },
    {
      title: 'Truth, and the labelled pixels',
      image: overGrey(before, (p) => (truth[p] ? hit : undefined)),
      over: dots.join(''),
      note: key([
        [hit, 'changed'],
        [[255, 255, 255], 'label: yes'],
        [[51, 153, 255], 'label: no'],
      ]),
    },
    {
      title: 'Probability of a change, hyperbolic network',
      image: Uint8Array.from(Array.from(probability).flatMap((v) => [...colourOf(v)])),
      note: `${ramp.join('')}${words(158, 14, 11, '0 to 1')}`,
    },
    ...maps.map(([title, map]) => ({ title, image: errorsOf(map, truth, before), note: errors })),
  ];
  const height = titled + edge + noted + gap;
  const drawn = panels.map(({ title, image, note, ...rest }, i) => {
    const at = `translate(${gap + (i % columns) * (edge + gap)},${gap + Math.floor(i / columns) * height})`;
    const inside = `<g transform="translate(0,${titled})">${embedded(image, side)}${'over' in rest ? rest.over : ''}</g>`;
    return `<g transform="${at}">${words(0, 16, 13, title)}${inside}<g transform="translate(0,${titled + edge})">${note}</g></g>`;
  });
  const [w, h] = [gap + columns * (edge + gap), gap + Math.ceil(panels.length / columns) * height];
  return rasterize(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}">${drawn.join('')}</svg>`,
  );
}

function embedded(image: Uint8Array, side: number): string {
  const png = new PNG({ width: side, height: side });
  for (let p = 0; p < side * side; p++) png.data.set([...image.subarray(3 * p, 3 * p + 3), 255], 4 * p);
  const data = PNG.sync.write(png).toString('base64');
  return `<image width="${edge}" height="${edge}" image-rendering="optimizeSpeed" href="data:image/png;base64,${data}"/>`;
}

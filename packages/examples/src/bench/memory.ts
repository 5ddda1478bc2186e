import { join, resolve } from 'node:path';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { Command } from 'commander';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { chooseBackend } from '../backend';
import { elapsed, gradients, line, megabytes, memoryOfStep, quantile } from '../measure';
import { whole } from '../options';
import { rasterize, writeFile } from '../raster';

type Gradient = 'reversible' | 'stored';
/** Adds the layers of a model, the first with its input shape. */
type Recipe = (model: tfl.Sequential, depth: number, inputShape: number[], gradient: Gradient) => void;

const recipes: Record<string, Recipe> = {
  'affine couplings': (model, depth, inputShape, gradient) => {
    for (let k = 0; k < depth; k++) {
      const first = k === 0 ? { inputShape } : {};
      model.add(inn.affineCoupling({ hidden: 32, flip: k % 2 === 1, seed: k, gradient, ...first }));
    }
    model.add(inn.gaussianLikelihood());
  },
  'flow steps (ActNorm, 1×1 convolution, affine coupling)': (model, depth, inputShape, gradient) => {
    for (let k = 0; k < depth; k++) {
      model.add(inn.actNorm({ gradient, ...(k === 0 ? { inputShape } : {}) }));
      model.add(inn.conv1x1({ seed: k, gradient }));
      model.add(inn.affineCoupling({ hidden: 32, flip: k % 2 === 1, seed: k, gradient }));
    }
    model.add(inn.gaussianLikelihood());
  },
  'couplings between a convolution with batch normalisation and a dense head': (
    model,
    depth,
    inputShape,
    gradient,
  ) => {
    const filters = inputShape.at(-1)!;
    model.add(tfl.layers.conv2d({ filters, kernelSize: 3, padding: 'same', inputShape }));
    model.add(tfl.layers.batchNormalization());
    for (let k = 0; k < depth; k++) {
      model.add(inn.affineCoupling({ hidden: 32, flip: k % 2 === 1, seed: k, gradient }));
    }
    model.add(tfl.layers.globalAveragePooling2d({}));
    model.add(tfl.layers.dense({ units: 10 }));
  },
};

const numbers = (text: string) => text.split(',').map(whole(1));

interface Options {
  depths: number[];
  sizes: number[];
  batch: number;
  repeats: number;
  out: string;
  backend?: string;
}

const options = new Command('npm run bench:memory --')
  .description('Peak activation memory and time of a training step, reversible against stored activations.')
  .option('--depths <list>', 'numbers of couplings, at the first size', numbers, [4, 8, 16, 32, 64, 128, 256])
  .option('--sizes <list>', 'image sizes, at the second depth', numbers, [16, 32, 64])
  .option('--batch <n>', 'images per step', whole(1), 4)
  .option('--repeats <n>', 'timed steps of each kind, in turn', whole(1), 5)
  .option('--out <folder>', 'where table, JSON and plots go', 'out/memory')
  .option('--backend <name>', 'wasm, cpu or tensorflow (default: the fastest present)')
  .parse()
  .opts<Options>();

interface Row {
  model: string;
  depth: number;
  size: number;
  reversible: number;
  stored: number;
  weights: number;
  gradients: number;
  /** Time of a reversible step over that of a stored one: the median over pairs of steps, and its quartiles. */
  ratio: [number, number, number];
  /** Milliseconds of the reversible step, median. */
  time: number;
}

function build(recipe: Recipe, depth: number, size: number, gradient: Gradient): tfl.Sequential {
  const model = tfl.sequential();
  recipe(model, depth, [size, size, 4], gradient);
  return model;
}

async function measure(name: string, depth: number, size: number): Promise<Row> {
  const recipe = recipes[name]!;
  const [own, stock] = [build(recipe, depth, size, 'reversible'), build(recipe, depth, size, 'stored')];
  const x = tf.randomNormal([options.batch, size, size, 4], 0, 1, 'float32', 1);
  const reversible = await memoryOfStep(own, x);
  stock.setWeights(own.getWeights());
  const stored = await memoryOfStep(stock, x);
  const pairs = Array.from({ length: options.repeats }, () => [
    elapsed(() => gradients(own, x)),
    elapsed(() => gradients(stock, x)),
  ]) as [number, number][];
  const ratios = pairs.map(([a, b]) => a / b);
  const times = pairs.map(([a]) => a);
  for (const model of [own, stock]) tf.dispose(model.weights.map((w) => w.read()));
  x.dispose();
  const { weights, gradients: bytes } = reversible;
  return {
    model: name,
    depth,
    size,
    reversible: reversible.activations,
    stored: stored.activations,
    weights,
    gradients: bytes,
    ratio: [quantile(ratios, 0.5), quantile(ratios, 0.25), quantile(ratios, 0.75)],
    time: quantile(times, 0.5),
  };
}

const columns: [string, (row: Row) => string][] = [
  ['depth', (r) => String(r.depth)],
  ['image', (r) => `${r.size} × ${r.size}`],
  ['reversible', (r) => megabytes(r.reversible)],
  ['stored', (r) => megabytes(r.stored)],
  ['less', (r) => `${(r.stored / r.reversible).toFixed(1)} ×`],
  ['weights', (r) => megabytes(r.weights)],
  ['their gradients', (r) => megabytes(r.gradients)],
  ['time ratio (quartiles)', ({ ratio: [m, l, u] }) => `${m.toFixed(2)} (${l.toFixed(2)}–${u.toFixed(2)})`],
  ['step', (r) => `${r.time.toFixed(0)} ms`],
];

async function plot(rows: Row[], along: 'depth' | 'size', title: string, path: string): Promise<void> {
  const values = rows.flatMap((r) => [
    { at: r[along], megabytes: r.reversible / 1e6, gradient: 'reversible' },
    { at: r[along], megabytes: r.stored / 1e6, gradient: 'stored activations' },
  ]);
  const spec: TopLevelSpec = {
    title,
    width: 460,
    height: 280,
    background: 'white',
    config: { font: 'DejaVu Sans' },
    data: { values },
    mark: { type: 'line', point: true },
    encoding: {
      x: {
        field: 'at',
        type: 'quantitative',
        scale: { type: 'log', base: 2 },
        axis: {
          title: along === 'depth' ? 'couplings' : 'side of the image, pixels',
          values: rows.map((r) => r[along]),
        },
      },
      y: {
        field: 'megabytes',
        type: 'quantitative',
        scale: { type: 'log' },
        axis: { title: 'peak activation memory of a training step, MB' },
      },
      color: { field: 'gradient', type: 'nominal', title: null, legend: { orient: 'top' } },
    },
  };
  const svg = await new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' }).toSVG();
  writeFile(`${path}.svg`, svg);
  writeFile(`${path}.png`, rasterize(svg));
}

const out = resolve(process.env.INIT_CWD ?? '', options.out);
const backend = await chooseBackend(options.backend);
const lines: string[] = [];
const print = (text: string) => {
  lines.push(text);
  console.log(text);
};
print(
  `Training step on [${options.batch}, size, size, 4], hidden 32, backend ${backend}. Peak activation bytes: what is`,
);
print('alive beyond the weights and their gradients. Time ratio: reversible over stored, pairs in one run.');
const rows: Row[] = [];
const [smallest, deeper] = [options.sizes[0]!, options.depths[1] ?? options.depths[0]!];
for (const name of Object.keys(recipes)) {
  print(`\n${name}\n`);
  print(line(columns.map(([title]) => title)));
  print(line(columns.map(() => '---')));
  const points = [
    ...options.depths.map((depth) => [depth, smallest] as const),
    ...options.sizes.slice(1).map((size) => [deeper, size] as const),
  ];
  for (const [depth, size] of points) {
    const row = await measure(name, depth, size);
    rows.push(row);
    print(line(columns.map(([, show]) => show(row))));
  }
}
const couplings = rows.filter((r) => r.model === 'affine couplings');
await plot(
  couplings.filter((r) => r.size === smallest),
  'depth',
  `Affine couplings on [${options.batch}, ${smallest}, ${smallest}, 4]`,
  join(out, 'memory-depth'),
);
await plot(
  couplings.filter((r) => r.depth === deeper),
  'size',
  `${deeper} affine couplings on [${options.batch}, size, size, 4]`,
  join(out, 'memory-size'),
);
writeFile(join(out, 'memory.md'), `${lines.join('\n')}\n`);
writeFile(join(out, 'memory.json'), JSON.stringify({ backend, batch: options.batch, rows }, null, 1));
console.log(`\nTable, JSON and plots: ${out}`);

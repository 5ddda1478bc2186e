import { join, resolve } from 'node:path';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { Command } from 'commander';
import { chooseBackend } from '../backend';
import { elapsed, gradients, line, megabytes, memoryOfStep, quantile } from '../measure';
import { whole } from '../options';
import { writeFile } from '../raster';

type Gradient = 'reversible' | 'stored';
type Make = (args: inn.InvertibleLayerArgs) => inn.InvertibleLayer;

/** What a kind of layer needs besides its defaults. */
interface Kind {
  options?: object;
  /** Every other layer is the inverse: it always is where the shape changes. */
  paired?: boolean;
  /** Options of the inverse, besides these. */
  back?: object;
  /** The inverse layer comes first. */
  inverseFirst?: boolean;
  /** Shape of a condition, without the batch. */
  condition?: number[];
}

const shape = [16, 16, 16];
const net = { options: { hidden: 32 } };
const kinds: Record<string, Kind> = {
  additiveCoupling: net,
  affineCoupling: net,
  // Many times over, they take all numbers to one, from which there is no way back.
  arctan: { paired: true },
  sigmoid: { paired: true },
  softplus: { paired: true },
  conditionalAffine: { ...net, condition: [16, 16, 8] },
  conditionalHintCoupling: net,
  flatten: { back: { from: shape } },
  glowCoupling: net,
  hintCoupling: net,
  hyperbolic: net,
  irimCoupling: net,
  // Its domain is the unit interval, where its inverse ends.
  logit: { paired: true, inverseFirst: true },
  momentum: net,
  pad: { options: { multiple: 5 }, back: { size: [16, 16] } },
  reshape: { options: { to: [256, 16] }, back: { from: shape } },
};

const options = new Command('npm run bench:layers --')
  .description(
    'Time and peak activation memory of a training step for each kind of layer, reversible against stored.',
  )
  .argument('[kinds...]', 'only these kinds')
  .option('--depth <n>', 'layers in the timed model', whole(1), 4)
  .option('--deep <n>', 'layers in the model whose memory is compared with that', whole(1), 64)
  .option('--batch <n>', 'images per step', whole(1), 8)
  .option('--repeats <n>', 'timed steps of each kind at least, in turn', whole(1), 12)
  .option('--seconds <n>', 'and for how long at least', whole(1), 1)
  .option('--out <folder>', 'where table and JSON go', 'out/layers')
  .option('--backend <name>', 'wasm, cpu or tensorflow (default: the fastest present)')
  .parse();
const { depth, deep, batch, repeats, seconds, ...rest } = options.opts<{
  depth: number;
  deep: number;
  batch: number;
  repeats: number;
  seconds: number;
  out: string;
  backend?: string;
}>();

interface Row {
  kind: string;
  /** Time of a reversible step over that of a stored one: quartiles over pairs of steps. */
  ratio: [number, number, number];
  /** Milliseconds, medians. */
  reversible: number;
  stored: number;
  /** Peak activation bytes of the shallow and the deep model, and of the shallow one with stored gradients. */
  shallowBytes: number;
  deepBytes: number;
  storedBytes: number;
}

/** Layers of one kind, one after the other, and a likelihood. */
function build(make: Make, kind: Kind, count: number, gradient: Gradient): tfl.LayersModel {
  const input = tfl.input({ shape });
  const condition = kind.condition && tfl.input({ shape: kind.condition });
  let y = input;
  for (let k = 0; k < count; k++) {
    const changed = kind.paired
      ? (k % 2 === 1) !== (kind.inverseFirst ?? false)
      : y.shape.slice(1).join() !== shape.join();
    const own = changed ? { ...kind.options, ...kind.back, inverse: true } : kind.options;
    const layer = make({ ...own, seed: k, gradient });
    y = layer.apply(condition ? [y, condition] : y) as tfl.SymbolicTensor;
  }
  const outputs = inn.gaussianLikelihood().apply(y) as tfl.SymbolicTensor;
  return tfl.model({ inputs: condition ? [input, condition] : input, outputs });
}

const dispose = (model: tfl.LayersModel) => tf.dispose(model.weights.map((w) => w.read()));

async function measure(name: string, make: Make): Promise<Row> {
  const kind = kinds[name] ?? {};
  // A variable, so that the gradient goes through the first layer too, as in the middle of a network.
  const x = tf.variable(tf.randomNormal([batch, ...shape], 0, 1, 'float32', 1));
  const condition = kind.condition && tf.randomNormal([batch, ...kind.condition], 0, 1, 'float32', 2);
  const inputs = condition ? [x, condition] : x;
  const [own, stock] = [build(make, kind, depth, 'reversible'), build(make, kind, depth, 'stored')];
  const shallowMemory = await memoryOfStep(own, inputs);
  stock.setWeights(own.getWeights());
  const storedMemory = await memoryOfStep(stock, inputs);
  const step = (model: tfl.LayersModel) => elapsed(() => gradients(model, inputs));
  const pairs: [number, number][] = [];
  for (
    const begun = performance.now();
    pairs.length < repeats || performance.now() - begun < 1000 * seconds;
  ) {
    // Whoever comes second pays for the garbage of the first.
    if (pairs.length % 2 === 0) pairs.push([step(own), step(stock)]);
    else pairs.push([step(stock), step(own)].reverse() as [number, number]);
  }
  dispose(own);
  dispose(stock);
  const long = build(make, kind, deep, 'reversible');
  const deepMemory = await memoryOfStep(long, inputs);
  dispose(long);
  tf.dispose([x, condition ?? []]);
  const ratios = pairs.map(([a, b]) => a / b);
  const median = (i: 0 | 1) =>
    quantile(
      pairs.map((pair) => pair[i]),
      0.5,
    );
  return {
    kind: name,
    ratio: [0.25, 0.5, 0.75].map((q) => quantile(ratios, q)) as [number, number, number],
    reversible: median(0),
    stored: median(1),
    shallowBytes: shallowMemory.activations,
    deepBytes: deepMemory.activations,
    storedBytes: storedMemory.activations,
  };
}

const mark = (value: number, bar: number) => `${value.toFixed(2)} ×${value > bar ? ' **!**' : ''}`;
const columns: [string, (row: Row) => string][] = [
  ['layer', (r) => r.kind],
  ['step', (r) => `${r.reversible.toFixed(1)} ms`],
  ['stored', (r) => `${r.stored.toFixed(1)} ms`],
  ['time ratio (quartiles)', ({ ratio: [l, m, u] }) => `${mark(m, 1.33)} (${l.toFixed(2)}–${u.toFixed(2)})`],
  [`${depth} layers`, (r) => megabytes(r.shallowBytes)],
  [`${deep} layers`, (r) => megabytes(r.deepBytes)],
  ['growth', (r) => mark(r.deepBytes / r.shallowBytes, 1.05)],
  [`${depth} layers, stored`, (r) => megabytes(r.storedBytes)],
];

const out = resolve(process.env.INIT_CWD ?? '', rest.out);
const backend = await chooseBackend(rest.backend);
const lines: string[] = [];
const print = (text: string) => {
  lines.push(text);
  console.log(text);
};
print(
  `Training step through ${depth} layers on [${[batch, ...shape].join(', ')}], networks with hidden 32, backend ${backend}; peak activation bytes:`,
);
print(
  'what is alive beyond the weights and their gradients. Marked: a ratio above 1.33, a growth above 1.05.\n',
);
print(line(columns.map(([title]) => title)));
print(line(columns.map(() => '---')));
const rows: Row[] = [];
const chosen = (name: string) => options.args.length === 0 || options.args.includes(name);
for (const [name, factory] of Object.entries<object>(inn)) {
  // Only layers say what they are; networks are made of them.
  if (!('about' in factory) || !chosen(name)) continue;
  const row = await measure(name, factory as Make);
  rows.push(row);
  print(line(columns.map(([, show]) => show(row))));
}
writeFile(join(out, 'layers.md'), `${lines.join('\n')}\n`);
writeFile(join(out, 'layers.json'), JSON.stringify({ backend, batch, shape, depth, deep, rows }, null, 1));
console.log(`\nTable and JSON: ${out}`);

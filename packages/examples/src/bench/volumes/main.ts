import { join } from 'node:path';
import { Command } from 'commander';
import { chooseBackend } from '../../backend';
import { runCommand, type Setting, whole } from '../../command-line';
import { compared, inTurn, type Pair, quantile } from '../../measure';
import { quartiles, report, writeJson } from '../../report';
import { type Network, stepsOf } from './network';
import { openPeer } from './peer';

interface Options {
  repeats: number;
  seconds: number;
  python: string;
}

interface Row {
  backend: string;
  axes: number;
  network: Network;
  /** Milliseconds, medians: of a training step, and of its convolutions alone. */
  step: number;
  floor: number;
  peer?: { version: string; layout: string; step: number; ratio: readonly [number, number, number] };
}

/** As many pixels each. */
const shapes = [
  [1, 24, 24, 24, 16],
  [1, 118, 118, 16],
];

async function measure(backend: string, shape: number[], options: Options): Promise<Row> {
  const network: Network = { shape, layers: 4, hidden: 8, step: 0.5 };
  const ours = stepsOf(network);
  const peer = await openPeer(network, options.python);
  const floors: number[] = [];
  const train = async () => {
    floors.push(await ours.floor());
    return ours.train();
  };
  // Until all is compiled.
  for (let k = 0; k < 3; k++) await train();
  floors.length = 0;
  const pairs = await inTurn(train, peer ? peer.step : async () => Number.NaN, options);
  const [step, theirs]: Pair = compared(pairs).medians;
  peer?.close();
  ours.dispose();
  return {
    ...{ backend, axes: shape.length - 2, network, step, floor: quantile(floors, 0.5) },
    ...(peer && {
      peer: { version: peer.version, layout: peer.layout, step: theirs, ratio: compared(pairs).ratio },
    }),
  };
}

async function run(options: Options, { out, backend }: Setting): Promise<void> {
  const { print, table, write } = report();
  const show = table<Row>([
    ['backend', (r) => r.backend],
    ['state', (r) => r.network.shape.join(' × ')],
    ['training step', (r) => `${r.step.toFixed(1)} ms`],
    ['its convolutions alone', (r) => `${r.floor.toFixed(1)} ms`],
    ['PyTorch, one thread', ({ peer }) => (peer ? `${peer.step.toFixed(1)} ms, ${peer.layout}` : '–')],
    ['ratio (quartiles)', ({ peer }) => (peer ? quartiles(peer.ratio) : '–')],
  ]);
  const rows: Row[] = [];
  const measureAll = async (name: string) => {
    for (const shape of shapes) {
      const row = await measure(name, shape, options);
      rows.push(row);
      show(row);
    }
  };
  await measureAll(backend);
  const notes: string[] = [];
  if (backend !== 'tensorflow') {
    const failure = await chooseBackend('tensorflow').then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (failure === undefined) await measureAll('tensorflow');
    else notes.push(`Without tensorflow. ${failure}`);
  }
  if (!rows.some(({ peer }) => peer)) {
    notes.push(
      `Without PyTorch: ${options.python} has none. Say --python <path> of one that has, or pip install torch.`,
    );
  }
  for (const note of notes) print(`\n${note}`);
  write(out, 'volumes');
  writeJson(join(out, 'volumes.json'), { rows });
}

await runCommand<Options>(
  new Command('npm run bench:volumes --')
    .description(
      'Training steps of a hyperbolic network on a volume and on an image of as many pixels, in turn with the same network in PyTorch, whose autograd stores activations.',
    )
    .option('--repeats <n>', 'steps of each at least', whole(1), 20)
    .option('--seconds <n>', 'time for each case at least', whole(0), 10)
    .option('--python <path>', 'a Python that has PyTorch', 'python3'),
  { out: 'out/volumes', files: 'table and JSON', backend: 'wasm' },
  run,
);

import * as tf from '@tensorflow/tfjs-core';
import type { Column } from '../../report';
import type { PeerFigure } from './peer';
import { digestOf, pointsOf, type Run } from './points';
import { tasks } from './tasks';

/** Both libraries on a task, a score for each seed; lower is better. */
export interface Comparison {
  task: string;
  unit: string;
  bar: number;
  ours: number[];
  /** Null where no figure of these points is kept. */
  peer: (number | null)[];
  seconds: number;
  verdict: 'not worse' | 'worse' | 'no figure';
}

/** Trains on each of the runs of a task, and looks up what the peer reached. */
export async function compare(runs: readonly Run[], figures: readonly PeerFigure[]): Promise<Comparison> {
  const [ours, peer]: [number[], (number | null)[]] = [[], []];
  const { unit, bar, score } = taskOf(runs);
  const begun = performance.now();
  for (const run of runs) {
    const { nats, sha256 } = await train(run);
    ours.push(score(nats));
    const figure = figures.find((f) => f.sha256 === sha256);
    peer.push(figure ? score(figure.nats) : null);
  }
  const seconds = (performance.now() - begun) / 1000;
  const row = { task: runs[0]?.task ?? '', unit, bar, ours, peer, seconds };
  return { ...row, verdict: verdictOf(row) };
}

const taskOf = ([first]: readonly Run[]) => tasks[first?.task ?? 'twoMoons'];

function verdictOf({ ours, peer, bar }: Omit<Comparison, 'verdict'>): Comparison['verdict'] {
  const theirs = peer.filter((p) => p !== null);
  if (theirs.length < ours.length) return 'no figure';
  return mean(ours) <= mean(theirs) + bar ? 'not worse' : 'worse';
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

/** The mean −log p of the held-out points after one pass over those of the training. */
export async function train(run: Run): Promise<{ nats: number; sha256: string }> {
  const { task, seed, batch: batchSize } = run;
  const { flow: make, shape } = tasks[task];
  const points = pointsOf(run);
  const [x, heldOut] = [points.train, points.heldOut].map((p) =>
    tf.tensor(p, [p.length / tf.util.sizeFromShape([...shape]), ...shape]),
  );
  const flow = make(seed);
  flow.compile({ optimizer: tf.train.adam(1e-3) });
  await flow.fit(x!, { batchSize, epochs: 1, shuffle: false, verbose: 0 });
  const nats = await flow.evaluate(heldOut!, { batchSize: 1000 });
  tf.dispose([x!, heldOut!]);
  flow.model.dispose();
  return { nats, sha256: digestOf(points) };
}

const shown = (numbers: readonly (number | null)[]) => numbers.map((n) => n?.toFixed(3) ?? '–').join(', ');
const meanOf = (numbers: readonly (number | null)[]) => {
  const known = numbers.filter((n) => n !== null);
  return known.length === 0 ? '–' : mean(known).toFixed(3);
};

export const columns: Column<Comparison>[] = [
  ['data', ({ task }) => task],
  ['unit', ({ unit }) => unit],
  ['ours, mean', ({ ours }) => meanOf(ours)],
  ['normflows, mean', ({ peer }) => meanOf(peer)],
  ['ours, each', ({ ours }) => shown(ours)],
  ['normflows, each', ({ peer }) => shown(peer)],
  ['seconds', ({ seconds }) => seconds.toFixed(0)],
  ['', ({ verdict, bar }) => `${verdict} by ${bar}`],
];

import { compared, inTurn, type Pair, quantile } from '../../measure';
import { type Column, megabytes, quartiles } from '../../report';
import type { Sizes } from './gradients';
import type { Thread } from './thread';

interface Row {
  kind: string;
  /** Time of a step of this checkout over that of the other: quartiles over pairs of steps. */
  ratio: [low: number, median: number, high: number];
  /** Milliseconds, medians, of this checkout and of the other. */
  milliseconds: Pair;
  /** Peak activation bytes of this checkout and of the other. */
  bytes: Pair;
}

/** The same kind of layer from two checkouts, their steps in turn. */
export async function compare(kind: string, own: Thread, other: Thread, sizes: Sizes): Promise<Row> {
  const bytes: Pair = [await own.ask('open', kind, sizes), await other.ask('open', kind, sizes)];
  const steps = [() => own.ask('step'), () => other.ask('step')] as const;
  // Until both are compiled.
  await inTurn(...steps, { repeats: 4 });
  const { ratio, medians } = compared(await inTurn(...steps, sizes));
  await own.ask('close');
  await other.ask('close');
  return { kind, ratio, milliseconds: medians, bytes };
}

const mark = (wrong: boolean) => (wrong ? ' **!**' : '');
const larger = (bytes: number) => (bytes > 0 ? ` (+${bytes} bytes)${mark(true)}` : '');

export const columns: Column<Row>[] = [
  ['layer', (r) => r.kind],
  ['step', ({ milliseconds: [own] }) => `${own.toFixed(1)} ms`],
  ['other', ({ milliseconds: [, other] }) => `${other.toFixed(1)} ms`],
  ['time ratio (quartiles)', ({ ratio }) => `${quartiles(ratio)}${mark(ratio[1] > 1.02)}`],
  ['peak', ({ bytes: [own, other] }) => `${megabytes(own)}${larger(own - other)}`],
  ['peak of the other', ({ bytes: [, other] }) => megabytes(other)],
];

/** Over all kinds: the median of their ratios, the highest of them, and kinds whose peak is larger. */
export function summarize(rows: readonly Row[]) {
  const medians = rows.map(({ ratio: [, median] }) => median);
  const ratio = Math.max(...medians);
  return {
    median: quantile(medians, 0.5),
    worst: { kind: rows[medians.indexOf(ratio)]?.kind ?? '–', ratio },
    largerPeaks: rows.filter(({ bytes: [own, other] }) => own > other).map(({ kind }) => kind),
  };
}

import { report } from '../report';
import { type Supervision, titles } from './supervision';
import type { Outcome } from './train';

/** Mean and standard deviation over the seeds. */
interface Spread {
  mean: number;
  deviation: number;
}

interface Row {
  supervision: Supervision;
  brain: Spread;
  other: Spread;
  /** The best IoU of the brain on the way, as if somebody knew the truth and stopped there. */
  best: Spread;
}

const show = ({ mean, deviation }: Spread) => `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`;

/** Prints a table of all ways, and how much more the sets reach than the best of the others. */
export function compare(outcomes: readonly Outcome[]): {
  ways: Row[];
  gain: number;
  gainOverBestMoment: number;
} {
  const names = [...new Set(outcomes.map(({ supervision }) => supervision))];
  const ways = names.map((supervision): Row => {
    const of = outcomes.filter((outcome) => outcome.supervision === supervision);
    return {
      supervision,
      brain: spread(of.map(({ iou }) => iou.brain)),
      other: spread(of.map(({ iou }) => iou.other)),
      best: spread(of.map(({ iou, curve }) => Math.max(iou.brain, ...curve.iou))),
    };
  });
  const row = report().table<Row>([
    ['supervision', ({ supervision }) => titles[supervision]],
    ['IoU of the brain', ({ brain }) => show(brain)],
    ['IoU of the rest', ({ other }) => show(other)],
    ['best moment, chosen by the truth', ({ best }) => show(best)],
  ]);
  for (const way of ways) row(way);
  const alone = ways.filter(({ supervision }) => supervision !== 'sets');
  const reached = ways.find(({ supervision }) => supervision === 'sets')?.brain.mean ?? Number.NaN;
  const over = (figure: (row: Row) => number) => reached - Math.max(...alone.map(figure));
  const [gain, gainOverBestMoment] = [over(({ brain }) => brain.mean), over(({ best }) => best.mean)];
  // An interrupted run may lack a way.
  if (Number.isFinite(gain)) {
    const moment = `${gainOverBestMoment.toFixed(3)} above their best moment`;
    console.log(`Constraint sets: IoU ${gain.toFixed(3)} above labels alone, ${moment}.`);
  }
  return { ways, gain, gainOverBestMoment };
}

function spread(numbers: readonly number[]): Spread {
  const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
  const squares = numbers.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / Math.max(1, numbers.length - 1)) };
}

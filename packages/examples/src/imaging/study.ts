import type { Interruption } from '../interruption';
import type { Evaluation } from './evaluate';
import type { NetworkOptions } from './network';
import type { Plan } from './train';

export interface StudyOptions extends NetworkOptions {
  steps: number;
  estimateSteps: number;
  normalSteps: number;
  tuneSteps: number;
  batch: number;
  heldOut: number;
}

/** What all parts of the command share. */
export interface StudySetting {
  options: StudyOptions;
  out: string;
  resume: boolean | undefined;
  interruption: Interruption;
}

/** The highest learning rates. */
const peaks = { estimate: 4e-3, flow: 4e-3, tuning: 1e-3 };

const parts = ['training', 'held out', 'first', 'normal', 'other', 'covariance', 'apart'] as const;
type Part = (typeof parts)[number];

/** Seeds of what is drawn: no part sees the sections of another. */
export const seedOf = (seed: number, part: Part): number => 10 * seed + parts.indexOf(part);

/** How a part is trained, under a name of its own. */
export function planOf(
  { options, out, resume, interruption }: StudySetting,
  name: string,
  { steps, kind, pixels }: { steps: number; kind: keyof typeof peaks; pixels?: number },
): Plan {
  const { network, batch, size, depth, hidden, width, seed } = options;
  const shaping = { network, batch, size, depth, hidden, width, seed };
  const show = pixels ? (loss: number) => `${(loss / pixels).toFixed(3)} nats/pixel` : undefined;
  return {
    name,
    steps,
    out,
    resume,
    interruption,
    options: shaping,
    peak: peaks[kind],
    ...(show && { show }),
  };
}

export const decibels = (db: number): string => `${db.toFixed(2)} dB`;

/** Coverage, ranks and correlation as lines. */
export function tell({ coverage, ranks, spearman, natsPerPixel, crps }: Evaluation, limit: number): void {
  const shares = Object.entries(coverage).map(
    ([level, share]) => `${(100 * Number(level)).toFixed(0)} %: ${(100 * share).toFixed(1)} %`,
  );
  console.log(`Held out: ${natsPerPixel.toFixed(3)} nats per pixel, CRPS ${crps.toFixed(3)}.`);
  console.log(`Pixels inside central intervals of ${shares.join(', ')}.`);
  for (const [name, { chiSquare }] of Object.entries(ranks)) {
    const verdict = chiSquare < limit ? 'uniform' : 'not uniform';
    console.log(
      `Ranks of ${name}: χ² ${chiSquare.toFixed(1)} on 19 degrees of freedom, ${verdict} at 1 % (${limit}).`,
    );
  }
  console.log(`Rank correlation of deviation and error: ${spearman.toFixed(2)}.`);
}

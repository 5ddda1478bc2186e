import { InvertibleLayer } from '../invertible-layer';
import { InvertibleLikelihood } from '../likelihood';
import { isCarrying } from '../log-dets';
import { bytesOf, costsOf } from './costs';
import type { Link, Segment } from './cuts';
import type { Step, Steps, Value } from './steps';

/** Steps that follow each other. */
export interface Run {
  steps: readonly Step[];
  /** What it reads of those before. */
  inputs: readonly Value[];
  /** What is read of it after it. */
  outputs: readonly Value[];
  /** Whether its gradient evaluates it again. */
  recomputed: boolean;
}

/**
 * Whether a step stays on the tape as it is: invertible layers keep nothing anyway, and their log-determinants have to reach the
 * likelihood.
 */
export const staysOnTape = ({ layer }: Step): boolean =>
  layer instanceof InvertibleLayer || layer instanceof InvertibleLikelihood || isCarrying(layer);

/** A model cut into runs: what each reads and hands on. */
export function runsOf({ steps: all, outputs }: Steps, segments: readonly Segment[]): Run[] {
  return segments.map(({ from, to, recomputed }) => {
    const steps = all.slice(from, to);
    const made = new Set(steps.flatMap((step) => step.outputs));
    const later = new Set([...all.slice(to).flatMap((step) => step.inputs), ...outputs]);
    const read = new Set(steps.flatMap((step) => step.inputs));
    return {
      steps,
      recomputed,
      inputs: [...read].filter((value) => !made.has(value)),
      outputs: [...made].filter((value) => later.has(value)),
    };
  });
}

/** What each step of a model costs, and what is read past it; `whole` is what a training step holds where all is stored. */
export function linksOf(model: Steps, batch: number, whole?: number): Link[] {
  const { steps, outputs } = model;
  const costs = costsOf(model, batch);
  const forward = costs.reduce((sum, cost) => sum + cost.bytes, 0);
  const share = (whole ?? forward) / Math.max(1, forward);
  const lastRead = new Map<Value, number>(outputs.map((value) => [value, steps.length]));
  for (const [k, step] of steps.entries())
    for (const value of step.inputs) lastRead.set(value, Math.max(k, lastRead.get(value) ?? 0));
  let alive: Value[] = [];
  return steps.map((step, k) => {
    alive = [...alive, ...step.outputs].filter((value) => (lastRead.get(value) ?? 0) > k);
    const crossing = alive.reduce((sum, value) => sum + bytesOf(value, batch), 0);
    const cost = costs[k] ?? { bytes: 0, work: 0 };
    return { ...cost, stored: cost.bytes * share, crossing, fixed: staysOnTape(step) };
  });
}

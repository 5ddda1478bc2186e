import { checkOptions, rules } from '@invertible/core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { layersModel } from '../check';
import { InvertibleLayer } from '../invertible-layer';
import { CheckpointedModel } from './checkpointed-model';
import type { Segment } from './cuts';
import { linksOf } from './runs';
import { type Step, stepsOf } from './steps';
import { dryStep, type StepCost } from './training-step';

export interface MemoryPlanOptions {
  /** Samples of a step. Default 1. */
  batch?: number;
}

/** What a layer does about the activations that its gradient needs. */
export type Keeping = 'stored' | 'rebuilt' | 'recomputed';

export interface PlannedLayer {
  name: string;
  className: string;
  keeping: Keeping;
  /** Bytes that its evaluation adds to those alive, where activations are stored. */
  bytes: number;
  /** Multiplications and additions of its evaluation. */
  work: number;
}

/** The memory of a training step, from shapes alone. */
export interface MemoryPlan extends StepCost {
  batch: number;
  layers: readonly PlannedLayer[];
  toString(): string;
}

/**
 * What a training step of a model takes, without running it: the most bytes alive at once beyond the weights and the batch, what each
 * layer stores, rebuilds or computes again, and the work. The very step is gone through on a backend that knows shapes and no
 * numbers, so that sizes may be any: `peakBytes` is what the present backend will hold, to the byte. What a first batch sets up is not in it,
 * nor is the memory of the optimizer.
 *
 * ```ts
 * const dense = () => tfl.layers.dense({ units: 64, activation: 'relu', inputShape: [64] });
 * const model = tfl.sequential({ layers: [dense(), dense(), dense()] });
 * const plan = inn.memoryPlan(model, { batch: 1024 });
 * console.log(String(plan));
 * ```
 */
export function memoryPlan(model: tfl.LayersModel, options: MemoryPlanOptions = {}): MemoryPlan {
  rules.checkValue('memoryPlan', 'model', model, layersModel);
  checkOptions('memoryPlan', options, { batch: rules.whole(1) });
  const { batch = 1 } = options;
  const inside = model instanceof CheckpointedModel ? model.model : model;
  const segments = model instanceof CheckpointedModel ? model.segments : [];
  const graph = stepsOf(inside);
  const links = linksOf(graph, batch);
  const layers = graph.steps.map((step, k) => ({
    name: step.layer.name,
    className: step.layer.getClassName(),
    keeping: keepingOf(step, k, segments),
    bytes: links[k]?.bytes ?? 0,
    work: links[k]?.work ?? 0,
  }));
  const plan = { batch, layers, ...dryStep(model, batch, inside) };
  return { ...plan, toString: () => printed(plan) };
}

function keepingOf({ layer }: Step, k: number, segments: readonly Segment[]): Keeping {
  const again = segments.some(({ from, to, recomputed }) => recomputed && from <= k && k < to);
  if (again) return 'recomputed';
  if (layer instanceof InvertibleLayer) return layer.gradient === 'reversible' ? 'rebuilt' : layer.gradient;
  return layer.getClassName() === 'InvertibleCheckpoint' ? 'recomputed' : 'stored';
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`;

function printed({ batch, layers, peakBytes }: Omit<MemoryPlan, 'toString'>): string {
  const rows = layers.map(({ name, className, keeping, bytes }) => [
    `${name} (${className})`,
    keeping,
    megabytes(bytes),
  ]);
  const widths = [0, 1].map((i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const peak = `A step on ${batch}: ${megabytes(peakBytes)} beyond weights and batch`;
  return [...lines, peak].join('\n');
}

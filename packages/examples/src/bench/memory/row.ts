import * as tf from '@tensorflow/tfjs';
import { present } from '../../libraries';
import { compared, disposeWeights, inTurn, memoryOfStep, timeOfStep } from '../../measure';
import { type Column, megabytes, quartiles } from '../../report';
import { build, type Recipe } from './recipes';

export interface Row {
  model: string;
  depth: number;
  size: number;
  /** Peak activation bytes. */
  reversible: number;
  stored: number;
  weights: number;
  gradients: number;
  /** Time of a reversible step over that of a stored one, pair by pair: quartiles. */
  ratio: [low: number, median: number, high: number];
  /** Milliseconds of the reversible step, median. */
  time: number;
}

export const columns: Column<Row>[] = [
  ['depth', (r) => String(r.depth)],
  ['image', (r) => `${r.size} × ${r.size}`],
  ['reversible', (r) => megabytes(r.reversible)],
  ['stored', (r) => megabytes(r.stored)],
  ['less', (r) => `${(r.stored / r.reversible).toFixed(1)} ×`],
  ['weights', (r) => megabytes(r.weights)],
  ['their gradients', (r) => megabytes(r.gradients)],
  ['time ratio (quartiles)', (r) => quartiles(r.ratio)],
  ['step', (r) => `${r.time.toFixed(0)} ms`],
];

/** The same model with both gradients and the same weights. */
export async function measure(
  [model, recipe]: [name: string, Recipe],
  { depth, size }: { depth: number; size: number },
  { batch, repeats }: { batch: number; repeats: number },
): Promise<Row> {
  const own = build(recipe, depth, size, 'reversible');
  const stock = build(recipe, depth, size, 'stored');
  const x = tf.randomNormal([batch, size, size, 4], 0, 1, 'float32', 1);
  const reversible = await memoryOfStep(present, own, x);
  stock.setWeights(own.getWeights());
  const stored = await memoryOfStep(present, stock, x);
  const pairs = await inTurn(
    () => timeOfStep(present, own, x),
    () => timeOfStep(present, stock, x),
    { repeats },
  );
  const { ratio, medians } = compared(pairs);
  disposeWeights(own);
  disposeWeights(stock);
  x.dispose();
  return {
    model,
    depth,
    size,
    reversible: reversible.activations,
    stored: stored.activations,
    weights: reversible.weights,
    gradients: reversible.gradients,
    ratio,
    time: medians[0],
  };
}

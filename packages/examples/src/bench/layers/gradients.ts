import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import { present } from '../../libraries';
import { compared, disposeWeights, inTurn, memoryOfStep, timeOfStep } from '../../measure';
import { type Column, megabytes, quartiles } from '../../report';
import { stepGradients } from '../../step-gradients';
import { build, inputsFor, type Subject } from './kinds';

export interface Sizes {
  /** Layers in the timed models. */
  depth: number;
  /** Layers in the model whose memory is compared with that. */
  deep: number;
  batch: number;
  repeats: number;
  seconds: number;
}

interface Row {
  kind: string;
  /** Time of a reversible step over that of a stored one: quartiles over pairs of steps. */
  ratio: [low: number, median: number, high: number];
  /** Milliseconds, medians. */
  reversible: number;
  stored: number;
  /** Peak activation bytes of the shallow and the deep model, and of the shallow one with stored gradients. */
  shallowBytes: number;
  deepBytes: number;
  storedBytes: number;
  /** Kernels that one more layer launches in a step, forward and backward; undefined where a step reads numbers. */
  kernels: number | undefined;
}

/** Reversible gradients against stored ones. */
export async function measure(subject: Subject, { depth, deep, batch, ...until }: Sizes): Promise<Row> {
  const inputs = inputsFor(subject, batch);
  const [own, stock] = [build(subject, depth), build(subject, depth, 'stored')];
  const shallow = await memoryOfStep(present, own, inputs);
  stock.setWeights(own.getWeights());
  const stored = await memoryOfStep(present, stock, inputs);
  const pairs = await inTurn(
    () => timeOfStep(present, own, inputs),
    () => timeOfStep(present, stock, inputs),
    until,
  );
  const long = build(subject, deep);
  const { activations: deepBytes } = await memoryOfStep(present, long, inputs);
  const launched = [kernelsOf(own, inputs), kernelsOf(long, inputs)] as const;
  for (const model of [own, stock, long]) disposeWeights(model);
  tf.dispose(inputs);
  const { ratio, medians } = compared(pairs);
  return {
    kind: subject.name,
    ratio,
    reversible: medians[0],
    stored: medians[1],
    shallowBytes: shallow.activations,
    deepBytes,
    storedBytes: stored.activations,
    kernels: perLayer(launched, deep - depth),
  };
}

/** Kernels of a step, counted without running it; undefined where it reads numbers, which a dry run has not. */
function kernelsOf(model: tf.LayersModel, inputs: tf.Tensor[]): number | undefined {
  try {
    return core.dryRun(() => stepGradients(present, model, inputs)).kernels;
  } catch (error) {
    if (error instanceof core.InvertibleError) return undefined;
    throw error;
  }
}

const perLayer = ([few, many]: readonly [number | undefined, number | undefined], layers: number) =>
  few === undefined || many === undefined || layers <= 0 ? undefined : Math.round((many - few) / layers);

const mark = (value: number, bar: number) => (value > bar ? ' **!**' : '');

export const columns = ({ depth, deep }: Sizes): Column<Row>[] => [
  ['layer', (r) => r.kind],
  ['step', (r) => `${r.reversible.toFixed(1)} ms`],
  ['stored', (r) => `${r.stored.toFixed(1)} ms`],
  ['time ratio (quartiles)', ({ ratio }) => `${quartiles(ratio)}${mark(ratio[1], 1.33)}`],
  [`${depth} layers`, (r) => megabytes(r.shallowBytes)],
  [`${deep} layers`, (r) => megabytes(r.deepBytes)],
  [
    'growth',
    (r) => `${(r.deepBytes / r.shallowBytes).toFixed(2)} ×${mark(r.deepBytes / r.shallowBytes, 1.05)}`,
  ],
  [`${depth} layers, stored`, (r) => megabytes(r.storedBytes)],
  ['kernels', (r) => `${r.kernels ?? '–'}`],
];

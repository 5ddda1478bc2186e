import * as core from '@invertible/core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { variablesOf } from './tfjs-internals';

/** Layers that draw random numbers without a seed of their own, so that nobody can draw them again. */
const unrepeatable = /GaussianNoise|GaussianDropout|AlphaDropout/;

/** Refuses a model for a conditioner that puts out another shape than wanted, or whose layers would do something without a word. */
export function checkModel(model: tfl.LayersModel, wanted: readonly number[]): void {
  const wrong = (expected: string, got: string): never =>
    core.refuse(`conditioner "${model.name}"`, expected, got, 'Change the model that the factory makes.');
  const made = model.outputs[0]?.shape.slice(1) ?? [];
  if (made.length !== wanted.length || made.some((n, i) => n !== wanted[i])) {
    wrong(`an output [batch, ${wanted.join(', ')}]`, `[batch, ${made.join(', ')}]`);
  }
  const layers = layersIn(model);
  const bad = layers.find((layer) => unrepeatable.test(layer.getClassName()) || recurrentDropout(layer));
  if (bad) wrong('layers that can be evaluated again alike', `"${bad.name}" (${bad.getClassName()})`);
  const penalised = layers.find(({ losses }) => losses.length > 0);
  if (penalised) {
    wrong(
      'layers without regularizers, since no loss would count them',
      `"${penalised.name}" (${penalised.getClassName()}) with one`,
    );
  }
}

/** What the model's weights are stays known: their names and shapes. */
export function freeWeights(model: tfl.LayersModel): void {
  // Disposing a variable twice would take the data from those that share them.
  for (const { val } of variablesOf(model)) if (!val.isDisposed) val.dispose();
}

/** All layers of a model, those of models inside it and of wrappers too. */
export const layersIn = (model: tfl.LayersModel): tfl.layers.Layer[] => model.layers.flatMap(withInner);

type Inner = tfl.layers.Layer;

/** A layer, and those of a model or wrapper inside it. */
export function withInner(layer: tfl.layers.Layer): tfl.layers.Layer[] {
  const {
    layers = [],
    layer: wrapped,
    cell,
  } = layer as Partial<Record<'layer' | 'cell', Inner>> & { layers?: Inner[] };
  return [layer, ...[...layers, ...(wrapped ? [wrapped] : []), ...(cell ? [cell] : [])].flatMap(withInner)];
}

export type Seeded = tfl.layers.Layer & { seed?: number | undefined };

/** Names the shapes that a model is for: those of its inputs, and how many channels it puts out. */
export const keyOf = (shape: core.Shape, condition?: core.Shape, out?: number): string =>
  `${[shape, ...(condition ? [condition] : [])].map((s) => s.slice(1).join('×')).join(' & ')} → ${out ?? ''}`;

const recurrentDropout = (layer: tfl.layers.Layer): boolean => {
  // tf.layers names them for its own recurrent layers alone.
  const { dropout, recurrentDropout } = layer as unknown as Record<string, unknown>;
  return Boolean(dropout) || Boolean(recurrentDropout);
};

import { refuse } from '@invertible/core';
import * as tfl from '@tensorflow/tfjs-layers';
import type { LayerShape } from '../shapes';

type Symbolic = tfl.SymbolicTensor;

/** A tensor of a model: a symbolic one of a model inside is another one each time that model is applied. */
export interface Value {
  shape: LayerShape;
}

/** One application of a layer. */
export interface Step {
  layer: tfl.layers.Layer;
  inputs: readonly Value[];
  outputs: readonly Value[];
}

/** A model as the applications of its layers in their order; models inside it are taken apart. */
export interface Steps {
  inputs: readonly Value[];
  outputs: readonly Value[];
  steps: readonly Step[];
}

export function stepsOf(model: tfl.LayersModel): Steps {
  const steps: Step[] = [];
  const inputs = model.inputs.map(valueFor);
  const outputs = unrolled(model, inputs, steps);
  return { inputs, outputs, steps };
}

const valueFor = ({ shape }: Symbolic): Value => ({ shape });

/** The application that made a tensor. It is looked for, since whoever reads a tensor's `nodeIndex` counts as its reader. */
const nodeOf = (t: Symbolic) => t.sourceLayer.inboundNodes.find((node) => node.outputTensors.includes(t));

/** Adds the applications of a model to these inputs, and returns its outputs. */
function unrolled(model: tfl.LayersModel, inputs: readonly Value[], steps: Step[]): Value[] {
  const values = new Map<Symbolic, Value>(
    model.inputs.flatMap((t, i) => (inputs[i] ? [[t, inputs[i]] as const] : [])),
  );
  const at = (t: Symbolic): Value => {
    const known = values.get(t);
    if (known) return known;
    const node = nodeOf(t);
    if (!node)
      return refuse(
        `model "${model.name}"`,
        'a graph of layers',
        `"${t.name}" from nowhere`,
        'Make it anew.',
      );
    const { sourceLayer: layer } = t;
    const given = node.inputTensors.map(at);
    checkUnmasked(layer);
    const made =
      layer instanceof tfl.LayersModel ? unrolled(layer, given, steps) : node.outputTensors.map(valueFor);
    if (!(layer instanceof tfl.LayersModel)) steps.push({ layer, inputs: given, outputs: made });
    for (const [i, output] of node.outputTensors.entries()) if (made[i]) values.set(output, made[i]);
    return at(t);
  };
  return model.outputs.map(at);
}

/** Masks travel beside the values, past the layers that are put around runs. */
function checkUnmasked(layer: tfl.layers.Layer): void {
  const masks = layer.getClassName() === 'Masking' || ('maskZero' in layer && layer.maskZero === true);
  if (!masks) return;
  const got = `"${layer.name}" (${layer.getClassName()}), which makes one`;
  refuse(
    'checkpointed',
    'layers without masks',
    got,
    'Put `inn.checkpoint` around other layers of the model by hand.',
  );
}

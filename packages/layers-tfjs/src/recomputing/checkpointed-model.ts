import { refuse } from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type { Segment } from './cuts';
import { RunLayer } from './run-layer';
import { runsOf } from './runs';
import type { Steps, Value } from './steps';

/** A model over the layers of another one, whose gradient computes runs of them again. */
export class CheckpointedModel extends tfl.LayersModel {
  constructor(
    /** The model that it runs, and is saved as. */
    readonly model: tfl.LayersModel,
    graph: Steps,
    /** Where it is cut. */
    readonly segments: readonly Segment[],
  ) {
    super({
      inputs: model.inputs,
      outputs: outputsOf(model, graph, segments),
      name: `${model.name}_checkpointed`,
    });
  }

  override getClassName(): string {
    // tf.layers asks before the model is there.
    return this.model?.getClassName() ?? super.getClassName();
  }
  override getConfig(): tf.serialization.ConfigDict {
    // A Sequential's is a list.
    return this.model.getConfig() as tf.serialization.ConfigDict;
  }

  override get trainable(): boolean {
    return this.model?.trainable ?? true;
  }
  override set trainable(value: boolean) {
    if (this.model) this.model.trainable = value;
  }
  override get trainableWeights(): tfl.LayersModel['trainableWeights'] {
    return this.model.trainableWeights;
  }
  override get nonTrainableWeights(): tfl.LayersModel['nonTrainableWeights'] {
    return this.model.nonTrainableWeights;
  }
  override get weights(): tfl.LayersModel['weights'] {
    return this.model.weights;
  }
  override calculateLosses(): tf.Scalar[] {
    return this.model.calculateLosses();
  }
}

/** The outputs of a chain of runs, from the inputs of the model on. */
function outputsOf(model: tfl.LayersModel, graph: Steps, segments: readonly Segment[]): tfl.SymbolicTensor[] {
  const made = new Map<Value, tfl.SymbolicTensor>();
  for (const [i, value] of graph.inputs.entries()) if (model.inputs[i]) made.set(value, model.inputs[i]);
  const at = (value: Value) =>
    made.get(value) ?? refuse('checkpointed', 'a graph of layers', 'a gap', 'Make the model anew.');
  for (const run of runsOf(graph, segments)) {
    const outputs = [
      new RunLayer(run).apply(run.inputs.map(at)) as tfl.SymbolicTensor | tfl.SymbolicTensor[],
    ].flat();
    for (const [i, value] of run.outputs.entries()) if (outputs[i]) made.set(value, outputs[i]);
  }
  return graph.outputs.map(at);
}

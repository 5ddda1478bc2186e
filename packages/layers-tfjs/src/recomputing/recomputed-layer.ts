import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { logDetOf } from '../log-dets';
import { oneOrAll } from '../shapes';
import { replayOf } from './replay';

/** What tf.layers hands to a layer that is applied. */
export type Kwargs = Parameters<tfl.layers.Layer['call']>[1];

/** A layer that runs others, and keeps nothing but its inputs for their gradients. */
export abstract class RecomputedLayer extends tfl.layers.Layer {
  /** All layers inside, those of models and wrappers too. */
  protected abstract inside(): tfl.layers.Layer[];
  /** Their outputs at these inputs. */
  protected abstract run(inputs: tf.Tensor[], kwargs: Kwargs): tf.Tensor[];

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Kwargs): tf.Tensor | tf.Tensor[] {
    const given = [inputs].flat();
    const outputs = core.isTaping() ? this.recompute(given, kwargs) : this.run(given, { ...kwargs });
    return oneOrAll(outputs);
  }

  private recompute(inputs: tf.Tensor[], kwargs: Kwargs): tf.Tensor[] {
    const layers = this.inside();
    const replay = replayOf(layers);
    const once = (given: tf.Tensor[]) => this.run(given, { ...kwargs }).map(withoutLogDet);
    const f: core.Recomputable = (given, again) => (again ? replay(() => once(given)) : once(given));
    return core.recomputed(f, { variables: trainedBy(layers) })(inputs);
  }
}

/** A log-determinant that was computed inside has no gradient outside: nobody shall find it. */
const withoutLogDet = (t: tf.Tensor): tf.Tensor => (logDetOf(t) ? tf.clone(t) : t);

/** The variables that have gradients, each once. */
function trainedBy(layers: readonly tfl.layers.Layer[]): tf.Variable[] {
  const variables = layers.flatMap((layer) => layer.trainableWeights.map((weight) => weight.read()));
  return [...new Set(variables)].filter((v): v is tf.Variable => v instanceof tf.Variable);
}

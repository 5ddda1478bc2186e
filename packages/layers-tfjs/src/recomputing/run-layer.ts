import { isTaping, refuse, tidy } from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { withInner } from '../conditioner-models';
import { type LayerShape, oneOrAll } from '../shapes';
import { type Kwargs, RecomputedLayer } from './recomputed-layer';
import type { Run } from './runs';
import type { Value } from './steps';

const alive = (tensors: readonly tf.Tensor[]): boolean => tensors.every((t) => !t.isDisposed);

/** A run of a model's own layers as one layer of another model. It has no weights, and is never saved: the other model is. */
export class RunLayer extends RecomputedLayer {
  static className = 'InvertibleRun';

  /** tf.layers calls a layer once for each of its outputs: what is left for the calls that are still to come. */
  private made: { of: tf.Tensor[]; outputs: tf.Tensor[]; calls: number } | undefined;

  constructor(private readonly own: Run) {
    super({});
    this.built = true;
  }

  protected override inside(): tfl.layers.Layer[] {
    return [...new Set(this.own.steps.flatMap(({ layer }) => withInner(layer)))];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Kwargs): tf.Tensor | tf.Tensor[] {
    const given = [inputs].flat();
    const { made } = this;
    const same = made?.of.length === given.length && made.of.every((t, i) => t === given[i]);
    const outputs = made && same && alive(made.outputs) ? made.outputs : this.evaluate(given, kwargs);
    const calls = made?.outputs === outputs ? made.calls - 1 : outputs.length - 1;
    this.made = calls > 0 ? { of: given, outputs, calls } : undefined;
    return oneOrAll(outputs);
  }

  private evaluate(inputs: tf.Tensor[], kwargs: Kwargs): tf.Tensor[] {
    if (!isTaping()) return tidy(() => this.run(inputs, kwargs));
    if (this.own.recomputed) return [super.call(inputs, kwargs)].flat();
    // All layers of one execution know each other by the object that they get.
    return this.run(inputs, kwargs);
  }

  protected override run(inputs: tf.Tensor[], kwargs: Kwargs): tf.Tensor[] {
    const { steps, inputs: given, outputs } = this.own;
    const tensors = new Map<Value, tf.Tensor>(
      given.flatMap((value, i) => (inputs[i] ? [[value, inputs[i]]] : [])),
    );
    const at = (value: Value) =>
      tensors.get(value) ?? refuse(this.name, 'all inputs', 'fewer', 'Apply the whole model.');
    for (const step of steps) {
      const made = [step.layer.apply(step.inputs.map(at), kwargs) as tf.Tensor | tf.Tensor[]].flat();
      for (const [i, value] of step.outputs.entries()) if (made[i]) tensors.set(value, made[i]);
    }
    return outputs.map(at);
  }

  override computeOutputShape(): LayerShape | LayerShape[] {
    return oneOrAll(this.own.outputs.map(({ shape }) => shape));
  }
}

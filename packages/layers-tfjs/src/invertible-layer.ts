import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { inputsOf } from './check';
import { checkFinite } from './finite';
import { FirstBatch } from './first-batch';
import { isConsumable, trackReaders } from './graph';
import type { InvertibleLayerArgs } from './layer-args';
import { addWeights, isFrozen, ofToday, valuesOf } from './layer-weights';
import { attachLogDet, logDetOf } from './log-dets';
import { careOf, type Observer, type Step } from './observers';
import { recomputedMap } from './recomputing/recomputed-map';
import { type LayerShape, listed, openShape, sizes } from './shapes';
import { StepCount } from './step-count';

/** What one application of a layer gets. */
interface Given {
  x: tf.Tensor;
  condition: tf.Tensor | undefined;
  /** The log-determinants of the layers before it. */
  before: tf.Tensor | undefined;
}

/** A bijection as a tf.layers layer. Subclasses say which bijection; all mathematics is in core. */
export abstract class InvertibleLayer extends tfl.layers.Layer {
  /** The bijection, before any reversal, for an input of this shape, the batch first. */
  protected abstract bijectionFor(shape: core.Shape): core.Bijection;
  protected readonly seed: number;
  protected readonly reversed: boolean;
  readonly gradient: 'reversible' | 'recomputed' | 'stored';
  /** Who looks on while the layer trains. */
  readonly observers = new Set<Observer>();
  private readonly firstBatch: FirstBatch;
  readonly steps: StepCount;
  private made: core.Bijection | undefined;
  private specs: readonly core.WeightSpec[] = [];

  constructor(args: InvertibleLayerArgs) {
    super(args);
    this.seed = args.seed ?? 0;
    this.reversed = args.inverse ?? false;
    this.gradient = args.gradient ?? 'reversible';
    this.firstBatch = new FirstBatch(args.initialized);
    this.steps = new StepCount(args.stepsMade);
  }

  /** The map from the layer's input to its output. Where the input shape decides it, known once the layer has been built. */
  get bijection(): core.Bijection {
    if (this.made) return this.made;
    const got = 'one whose input shape is not known yet';
    const remedy = 'Give it an inputShape, or add it to a model, first.';
    return core.refuse(this.name, 'a layer that has been built', got, remedy);
  }

  /** Settles which bijection it is, when that is known. */
  protected settle(b: core.Bijection): core.Bijection {
    this.made = this.reversed ? core.reverse(b) : b;
    return this.made;
  }

  /** The map for an input of this shape, which is settled from then on. */
  madeFor(shape: core.Shape): core.Bijection {
    return this.made ?? this.settle(this.bijectionFor(shape));
  }

  override build(inputShape: LayerShape | LayerShape[]): void {
    const [shape, condition] = listed(inputShape);
    const specs = this.madeFor(sizes(shape)).weights(sizes(shape), condition && sizes(condition));
    this.specs = addWeights(this, specs, this.seed);
    this.firstBatch.begin(this.named());
    this.built = true;
    this.freeModels();
  }

  /** Frees what models inside were made with: from now on the weights are this layer's. */
  freeModels(): void {}

  /** Weights of this layer inside another one: with its seed, and frozen if it is. */
  own(specs: readonly core.WeightSpec[]): core.WeightSpec[] {
    return specs.map(({ initialize, trainable = true, ...spec }) => ({
      ...spec,
      initialize: (seed: number) => initialize(seed + this.seed),
      trainable: trainable && this.trainable,
    }));
  }

  /** The weights by name, as they are now. */
  named(): core.Weights {
    return valuesOf(this, this.specs);
  }

  /** A list of all weights, or of those that the layer had in 0.1.0, which then stand for the same map. */
  override setWeights(weights: tf.Tensor[]): void {
    tf.tidy(() => super.setWeights(ofToday(weights, this.specs)));
  }

  /** Sets weights by name. The first batch leaves these alone. */
  set(values: core.Weights): void {
    core.rules.checkValue(this.name, 'values', values, core.rules.weightsByName);
    const own = this.named();
    for (const [name, value] of Object.entries(values)) {
      const variable = own[name];
      if (variable instanceof tf.Variable) variable.assign(value);
    }
    this.firstBatch.assigned(Object.keys(values));
  }

  /** Sets the weights that the first training batch decides, such as those of ActNorm. */
  private setUp({ x, condition }: Given): void {
    if (this.steps.still || this.firstBatch.come || isFrozen(this, this.specs)) return;
    const own = this.named();
    if (this.firstBatch.state(own) === true) return;
    core.noGrad(() =>
      tf.tidy(() => {
        const values = this.bijection.initialize(x, own, 'forward', condition);
        this.firstBatch.settle(own, values, (left) => this.set(left));
      }),
    );
  }

  /** The map of this step and its weights: in training some are the batch's own, and the running ones move. */
  private step(x: tf.Tensor, training: boolean): Step {
    const { bijection } = this;
    const w = this.named();
    if (!training) return { bijection, w };
    const step = bijection.training(core.childSeed(this.seed, this.steps.made, 'step'));
    if (step === bijection) return { bijection, w };
    this.steps.made++;
    if (!bijection.batchStatistics) return { bijection: step, w };
    const { running, batch } = core.noGrad(() => bijection.statistics(x, w));
    if (!this.steps.still) core.noGrad(() => this.set(running));
    tf.dispose(running);
    return { bijection: step, w: { ...w, ...batch } };
  }

  /** x, or [x, condition]. */
  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const [x, condition] = [inputs].flat();
    if (!x) core.refuse(this.name, 'a tensor', 'none', 'Apply the layer to x, or to [x, condition].');
    const training = kwargs?.training === true;
    const given: Given = { x, condition, before: logDetOf(x) };
    if (!given.before) checkFinite(this.name, x);
    if (condition) checkFinite(`condition of ${this.name}`, condition);
    if (training) this.setUp(given);
    // The batch's own weights are freed.
    const watched = training && !this.steps.still ? [...this.observers] : [];
    const { y, logDet } = core.tidy(() => {
      const step = this.step(x, training);
      for (const o of watched) core.noGrad(() => o.onInput?.({ ...step, x, c: condition }));
      return this.run(step, given, isConsumable(this, x, kwargs));
    });
    for (const o of watched) core.noGrad(() => o.onOutput?.(this, y));
    return attachLogDet(y, logDet, kwargs);
  }

  private run({ bijection, w }: Step, { x, condition, before }: Given, consume: boolean): core.Applied {
    if (this.gradient === 'stored') {
      const { y, logDet } = bijection.forward(x, w, condition);
      return { y, logDet: before ? tf.add(before, logDet) : logDet };
    }
    if (this.gradient === 'recomputed') return recomputedMap(bijection, x, w, { condition, before });
    const care = careOf(this.observers, this);
    return core.reversible(bijection)(x, w, {
      ...(condition && { condition }),
      ...(before && { logDet: before }),
      ...(care && { care }),
      consume,
    });
  }

  override apply(...args: Parameters<tfl.layers.Layer['apply']>): ReturnType<tfl.layers.Layer['apply']> {
    inputsOf(this.name, args[0]);
    const output = super.apply(...args);
    if (output instanceof tfl.SymbolicTensor) trackReaders(output);
    return output;
  }

  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    const [shape] = listed(inputShape);
    const known = sizes(shape);
    return openShape(this.madeFor(known).outputShape(known), shape[0] ?? null);
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { seed, gradient, reversed: inverse, steps } = this;
    return {
      ...super.getConfig(),
      seed,
      gradient,
      ...(inverse && { inverse }),
      ...(this.built && { initialized: this.firstBatch.state(this.named()) }),
      ...(steps.made > 0 && { stepsMade: steps.made }),
    };
  }
}

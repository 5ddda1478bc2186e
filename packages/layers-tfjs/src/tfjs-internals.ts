import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/** Members of tf.layers that it keeps for subclasses and for itself. They are typed here, and nowhere else. */

interface Adding {
  addWeight(
    name: string,
    shape: number[],
    dtype: 'float32',
    from: { apply(): tf.Tensor },
    regularizer: undefined,
    trainable: boolean,
  ): void;
}

/** Adds a weight to a layer that makes it by itself: tf.layers means `addWeight` for subclasses, which the callers are. */
export function addWeight(
  layer: tfl.layers.Layer,
  name: string,
  shape: readonly number[],
  trainable: boolean,
  make: () => tf.Tensor,
): void {
  // `addWeight` is protected, and asks for an Initializer, of which it calls `apply` alone.
  const adding = layer as unknown as Adding;
  adding.addWeight(name, [...shape], 'float32', { apply: make }, undefined, trainable);
}

/** A variable of tf.layers. */
export interface Variable {
  /** Its value, which others may stand in for. */
  val: tf.Tensor;
  readonly originalName: string;
  trainable: boolean;
  read(): tf.Tensor;
  write?: unknown;
}

/** The variables of a layer or a model. */
export const variablesOf = (layer: tfl.layers.Layer): Variable[] =>
  // `val` is protected.
  layer.weights as unknown as Variable[];

/** Makes writes to variables go nowhere, until the function that is returned is called. */
export function holdStill(variables: readonly Variable[]): () => void {
  for (const v of variables) v.write = () => v;
  return () => {
    for (const v of variables) delete v.write;
  };
}

/** A model as tf.layers sees it while `fit` runs. */
interface Trained {
  isTraining: boolean;
  lossFunctions: Loss[];
  metricsTensors: unknown[];
}
type Loss = (target: tf.Tensor, output: tf.Tensor) => tf.Tensor;

/** The model whose loop trains this one: a Sequential hands `fit` on to a model of its own. */
const trainedBy = (model: tfl.LayersModel): Trained =>
  // These members are for tf.layers alone.
  (model instanceof tfl.Sequential
    ? (model as unknown as { model: Trained }).model
    : model) as unknown as Trained;

const ends = new WeakMap<Trained, Set<() => void>>();

/** Calls f once when the training that runs now ends, however it ends: tf.layers tells callbacks of a good end only. */
export function onTrainingEnd(model: tfl.LayersModel, f: () => void): void {
  const trained = trainedBy(model);
  const waiting = ends.get(trained) ?? watchTraining(trained);
  waiting.add(f);
}

/** `isTraining` is set to false in a finally clause: here whoever waits for that is told. */
function watchTraining(trained: Trained): Set<() => void> {
  const waiting = new Set<() => void>();
  let { isTraining } = trained;
  Object.defineProperty(trained, 'isTraining', {
    configurable: true,
    enumerable: true,
    get: () => isTraining,
    set(value: boolean) {
      isTraining = value;
      if (value) return;
      for (const f of waiting) f();
      waiting.clear();
    },
  });
  ends.set(trained, waiting);
  return waiting;
}

/** What tf.layers writes of the loss, the metrics and the optimizer of a model that has been compiled. */
export const trainingConfigOf = (model: tfl.LayersModel): tf.io.TrainingConfig =>
  // It is protected.
  (model as unknown as { getTrainingConfig(): tf.io.TrainingConfig }).getTrainingConfig();

/** What stands between a model and its training, step by step. */
export interface Interception {
  /** The loss of an output, given the model's own; also when the model is evaluated in between. */
  loss(own: Loss, target: tf.Tensor, output: tf.Tensor): tf.Tensor;
  /** Gets every update of the weights, to make it or not. */
  update(make: () => void): void;
}

/** Puts an interception before the first loss and the optimizer of a compiled model, until the function that is returned is called. */
export function intercept(model: tfl.LayersModel, by: Interception): () => void {
  const trained = trainedBy(model);
  const { lossFunctions } = trained;
  const { optimizer } = model;
  const former = Object.getOwnPropertyDescriptor(optimizer, 'applyGradients');
  const apply = optimizer.applyGradients.bind(optimizer);
  const [own, ...others] = lossFunctions;
  if (own) trained.lossFunctions = [(target, output) => by.loss(own, target, output), ...others];
  optimizer.applyGradients = (gradients) => by.update(() => apply(gradients));
  return () => {
    trained.lossFunctions = lossFunctions;
    if (former) Object.defineProperty(optimizer, 'applyGradients', former);
    else Reflect.deleteProperty(optimizer, 'applyGradients');
  };
}

/** What an optimizer computes before it applies it. */
export interface Computed {
  value: tf.Scalar;
  grads: tf.NamedTensorMap;
}

/** What stands between an optimizer and its gradients. */
export interface GradientInterception {
  compute(make: () => Computed): Computed;
}

/** Puts an interception before the gradients of an optimizer, until the function that is returned is called. */
export function interceptGradients(optimizer: tf.Optimizer, by: GradientInterception): () => void {
  const former = Object.getOwnPropertyDescriptor(optimizer, 'computeGradients');
  const compute = optimizer.computeGradients.bind(optimizer);
  optimizer.computeGradients = (f, variables) => by.compute(() => compute(f, variables));
  return () => {
    if (former) Object.defineProperty(optimizer, 'computeGradients', former);
    else Reflect.deleteProperty(optimizer, 'computeGradients');
  };
}

/** Runs f, in which a step of a compiled model is evaluated that has been evaluated before, and told its metrics then. */
export function withoutMetrics<T>(model: tfl.LayersModel, f: () => T): T {
  const trained = trainedBy(model);
  const { metricsTensors } = trained;
  trained.metricsTensors = [];
  try {
    return f();
  } finally {
    trained.metricsTensors = metricsTensors;
  }
}

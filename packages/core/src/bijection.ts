import type * as tf from '@tensorflow/tfjs-core';

export type Shape = readonly number[];
/** Weights by name, or cotangents or tangents of weights. */
export type Weights = Record<string, tf.Tensor>;

/** One weight of a bijection. A holder (a tf.layers.Layer, `createWeights`) makes the variable. */
export interface WeightSpec {
  name: string;
  shape: Shape;
  /** The initial value, a function of the seed alone. */
  initialize(seed: number): tf.Tensor;
  /** False for weights that no optimizer may move, such as running statistics. Default true. */
  trainable?: boolean;
  /** True for weights that are never below zero, such as variances. */
  positive?: boolean;
  /** In an older version, which lacked this weight, the weights beside it gave the same map as these of today do. */
  fromOlder?(beside: Weights): Weights;
}

/** The direction of training: ActNorm normalises the output of that direction. */
export type Direction = 'forward' | 'inverse';

/** One direction of a bijection: a map y = f(x; w, c), and its calculus both ways. */
export interface OneWay {
  /** Shape of y for a shape of x, batch first. Throws where the shape does not fit. */
  outputShape(shape: Shape): number[];
  forward(x: tf.Tensor, w: Weights, c?: tf.Tensor): Forward;
  pullback(y: tf.Tensor, dy: tf.Tensor, dLogDet: tf.Tensor, w: Weights, c?: tf.Tensor): Pullback;
  pushforward(
    x: tf.Tensor,
    dx: tf.Tensor,
    w: Weights,
    dw: Weights,
    c?: tf.Tensor,
    dc?: tf.Tensor,
  ): Pushforward;
}

/**
 * A bijection y = f(x; w, c): mathematics over explicit weights. It owns no tensors, reads no globals and draws no random numbers.
 *
 *     forward      y = f(x),      logDet =  log|det ∂y/∂x|      [batch], one number per sample
 *     inverse      x = f⁻¹(y),    logDet = −log|det ∂y/∂x|
 *     pullback     from the OUTPUT of forward: x rebuilt, (dx, dw, dc) = Jᵀ·(dy, dLogDet)
 *     pushforward  (dy, dLogDet) = J·(dx, dw, dc), dc zero when left out
 *
 * x: [batch, …spatial, channels] with 0 to 3 spatial axes, channels last. `inversePullback` and `inversePushforward`
 * are the same two for the map f⁻¹, so that every bijection can be reversed and trained in that direction.
 * The caller disposes the results; inputs are left alone.
 */
export interface Bijection extends OneWay {
  readonly name: string;
  /** For a shape of x and, where there is one, of the condition. */
  weights(shape: Shape, condition?: Shape): WeightSpec[];
  /** Shape of x for a shape of y. */
  inputShape(shape: Shape): number[];
  inverse(y: tf.Tensor, w: Weights, c?: tf.Tensor): Inverse;
  inversePullback(...args: Parameters<OneWay['pullback']>): InversePullback;
  inversePushforward(...args: Parameters<OneWay['pushforward']>): InversePushforward;
  /** Weights that the first batch sets (ActNorm); none by default. */
  initialize(input: tf.Tensor, w: Weights, direction: Direction, c?: tf.Tensor): Weights;
  /** The map of one training step, over the same weights; by default the bijection itself. The seed is the step's own. */
  training(seed: number): Bijection;
  /** Weights of `training` that one batch decides for one step, and the new values of those that last; none by default. */
  statistics(x: tf.Tensor, w: Weights): Statistics;
  /** Whether there are such: then it trains as a layer of its own only, where somebody gives it its batch. */
  readonly batchStatistics: boolean;
  /** The parts of a composition in the order of the forward map, with the shapes that each gets; none by default. */
  members(shape: Shape, condition?: Shape): Member[];
  toString(): string;
}

/** A part of a bijection under its key: a bijection, or a network of the condition. */
export interface Member {
  key: string;
  part: {
    name: string;
    outputShape(shape: Shape): number[];
    weights(shape: Shape, condition?: Shape): WeightSpec[];
    members(shape: Shape, condition?: Shape): Member[];
  };
  shape: Shape;
  condition?: Shape | undefined;
}

export interface Statistics {
  batch: Weights;
  running: Weights;
}

export interface Forward {
  y: tf.Tensor;
  logDet: tf.Tensor;
}
export interface Inverse {
  x: tf.Tensor;
  logDet: tf.Tensor;
}
/** Cotangents of the weights, and of the condition that was read. */
export interface Cotangents {
  dw: Weights;
  dc?: tf.Tensor;
}
export interface Pullback extends Cotangents {
  x: tf.Tensor;
  dx: tf.Tensor;
}
export interface InversePullback extends Cotangents {
  y: tf.Tensor;
  dy: tf.Tensor;
}
export interface Pushforward extends Forward {
  dy: tf.Tensor;
  dLogDet: tf.Tensor;
}
export interface InversePushforward extends Inverse {
  dx: tf.Tensor;
  dLogDet: tf.Tensor;
}

type Maps = 'forward' | 'inverse' | 'pullback' | 'inversePullback' | 'pushforward' | 'inversePushforward';

/** What an author writes: a name and the six maps. The rest is optional. */
export type BijectionBody = Pick<Bijection, 'name' | Maps> & Partial<Bijection>;

const defaults = {
  outputShape: (shape: Shape) => [...shape],
  inputShape: (shape: Shape) => [...shape],
  weights: (): WeightSpec[] => [],
  initialize: (): Weights => ({}),
  training(this: Bijection) {
    return this;
  },
  statistics: (): Statistics => ({ batch: {}, running: {} }),
  batchStatistics: false,
  members: (): Member[] => [],
  toString(this: Bijection) {
    return this.name;
  },
};

/** A bijection with all its members: shapes kept, no weights, nothing set by the first batch or changed in training, unless said. */
export const complete = (body: BijectionBody): Bijection => ({ ...defaults, ...body });

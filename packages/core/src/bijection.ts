import * as tf from '@tensorflow/tfjs-core';
import { refuse, show } from './errors';

export type Shape = readonly number[];
/** Weights by name, or cotangents or tangents of weights. */
export type Weights = Record<string, tf.Tensor>;

/** One weight of a bijection. A holder (a tf.layers.Layer, `createWeights`) makes the variable. */
export interface WeightSpec {
  name: string;
  shape: Shape;
  /** The initial value, a function of the seed alone. */
  initialize(seed: number): tf.Tensor;
  /** False for what no optimizer may move, such as running statistics. Default true. */
  trainable?: boolean;
  /** True for what is never below zero, such as variances. */
  positive?: boolean;
}

/** Which way a bijection is trained: ActNorm normalises what comes out in that direction. */
export type Direction = 'forward' | 'inverse';

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
 * The results are the caller's to dispose; inputs are left alone.
 */
export interface Bijection {
  readonly name: string;
  /** For a shape of x and, where there is one, of the condition. */
  weights(shape: Shape, condition?: Shape): WeightSpec[];
  /** Shape of y for a shape of x (batch first), and back. Throws where the shape does not fit. */
  outputShape(shape: Shape): number[];
  inputShape(shape: Shape): number[];
  forward(x: tf.Tensor, w: Weights, c?: tf.Tensor): { y: tf.Tensor; logDet: tf.Tensor };
  inverse(y: tf.Tensor, w: Weights, c?: tf.Tensor): { x: tf.Tensor; logDet: tf.Tensor };
  pullback(y: tf.Tensor, dy: tf.Tensor, dLogDet: tf.Tensor, w: Weights, c?: tf.Tensor): Pullback;
  pushforward(
    x: tf.Tensor,
    dx: tf.Tensor,
    w: Weights,
    dw: Weights,
    c?: tf.Tensor,
    dc?: tf.Tensor,
  ): Pushforward;
  inversePullback(
    x: tf.Tensor,
    dx: tf.Tensor,
    dLogDet: tf.Tensor,
    w: Weights,
    c?: tf.Tensor,
  ): InversePullback;
  inversePushforward(
    y: tf.Tensor,
    dy: tf.Tensor,
    w: Weights,
    dw: Weights,
    c?: tf.Tensor,
    dc?: tf.Tensor,
  ): InversePushforward;
  /** Weights set from the first batch (ActNorm), or none. */
  initialize?(input: tf.Tensor, w: Weights, direction: Direction, c?: tf.Tensor): Weights;
  /** The map of one training step, over the same weights, where it differs from that of inference. The seed is the step's own. */
  training?(seed: number): Bijection;
  /** Weights of `training` that are the batch's own, for one step, and what the lasting ones of that name become. */
  statistics?(x: tf.Tensor, w: Weights): { batch: Weights; running: Weights };
  /** What it is made of, for who looks at it: in the order of the forward map, with the shapes that each gets. */
  members?(shape: Shape, condition?: Shape): Member[];
}

/** A part of a bijection under its key: a bijection, or a network of the condition. */
export interface Member {
  key: string;
  part: Pick<Bijection, 'name' | 'outputShape' | 'weights' | 'members'>;
  shape: Shape;
  condition?: Shape | undefined;
}

export interface Pullback {
  x: tf.Tensor;
  dx: tf.Tensor;
  dw: Weights;
  dc?: tf.Tensor;
}
export interface InversePullback {
  y: tf.Tensor;
  dy: tf.Tensor;
  dw: Weights;
  dc?: tf.Tensor;
}
export interface Pushforward {
  y: tf.Tensor;
  dy: tf.Tensor;
  logDet: tf.Tensor;
  dLogDet: tf.Tensor;
}
export interface InversePushforward {
  x: tf.Tensor;
  dx: tf.Tensor;
  logDet: tf.Tensor;
  dLogDet: tf.Tensor;
}

/** The number of channels, and of pixels per sample. */
export const channels = (shape: Shape): number => shape[shape.length - 1]!;
export const pixels = (shape: Shape): number => shape.slice(1, -1).reduce((n, size) => n * size, 1);

/** Σ over all axes but the batch. */
export const sumPerSample = (t: tf.Tensor): tf.Tensor => tf.sum(tf.reshape(t, [t.shape[0]!, -1]), 1);

/** One number per sample, against every element of a tensor of that rank. */
export const perElement = (t: tf.Tensor, rank: number): tf.Tensor =>
  tf.reshape(t, [t.shape[0]!, ...Array(rank - 1).fill(1)]);

/** One number per channel, against every element of a tensor of that rank: webgpu cannot spread rank 1 over rank 5. */
export const perChannel = (t: tf.Tensor, rank: number): tf.Tensor =>
  tf.reshape(t, [...Array(rank - 1).fill(1), t.size]);

/** Σ over all axes but the channels. */
export const sumPerChannel = (t: tf.Tensor): tf.Tensor => tf.sum(tf.reshape(t, [-1, channels(t.shape)]), 0);

/** Refuses what is not [batch, …0 to 3 spatial axes, channels]. */
export function checkShape(where: string, shape: Shape): void {
  if (shape.length < 2 || shape.length > 5) {
    refuse(
      where,
      'a tensor [batch, …spatial, channels] with 0 to 3 spatial axes (rank 2 to 5)',
      `shape ${show(shape)}`,
      'Reshape the input, channels last.',
    );
  }
}

/** Makes the weights of a bijection, or of what else has some, for a shape of its input and of its condition. The caller owns them. */
export function createWeights(
  bijection: Pick<Bijection, 'weights'>,
  shape: Shape,
  { seed = 0, condition }: { seed?: number; condition?: Shape } = {},
): Weights {
  return Object.fromEntries(
    bijection.weights(shape, condition).map(({ name, initialize }, i) => [name, initialize(seed + 7919 * i)]),
  );
}

import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, checkShape, type Shape } from '../bijection';
import { defineBijection, everyRank } from '../define';
import { isometry } from '../engines/isometry';
import { refuse, show } from '../errors';

export interface FlattenOptions {
  /** Shape of one sample of x, batch left out, which the inverse has to be told. A layer fills it in. */
  from?: Shape;
}

export interface ReshapeOptions extends FlattenOptions {
  /** Shape of one sample of y, batch left out. */
  to: Shape;
}

const complete = <Options extends FlattenOptions>(options: Options, shape: Shape): Options => ({
  ...options,
  from: shape.slice(1),
});

/**
 * The numbers of every sample in another shape, in the same order. log|det J| = 0.
 *
 * x: [batch, …from], y: [batch, …to], both of one size.
 */
export const reshape = defineBijection(
  { className: 'InvertibleReshape', source: '–', logDet: '0', axes: everyRank, complete },
  (options?: ReshapeOptions): Bijection => {
    if (!options?.to) {
      refuse(
        'reshape',
        'option to, the shape of one sample of y',
        'none',
        'As in reshape({to: [28, 28, 1]}).',
      );
    }
    const { from, to } = options;
    if (from && size(from) !== size(to)) {
      refuse(
        'reshape',
        `from and to of one size, ${size(from)} numbers`,
        `${show(from)} and ${show(to)}, of ${size(to)}`,
        'Both are shapes of one sample, without the batch.',
      );
    }
    return reshaped('reshape', from, () => to);
  },
);

/**
 * All numbers of a sample as its features, in the same order. log|det J| = 0.
 *
 * x: [batch, …from], y: [batch, features].
 */
export const flatten = defineBijection(
  { className: 'InvertibleFlatten', source: '–', logDet: '0', axes: everyRank, complete },
  ({ from }: FlattenOptions = {}): Bijection => reshaped('flatten', from, (sample) => [size(sample)]),
);

const size = (shape: Shape) => shape.reduce((n, k) => n * k, 1);

function reshaped(name: string, from: Shape | undefined, to: (sample: Shape) => Shape): Bijection {
  /** From a batch of one shape to a batch of another. */
  const change = (shape: Shape, expected: Shape, then: Shape) => {
    checkShape(name, shape);
    const out = [shape[0]!, ...then];
    checkShape(name, out);
    const [, ...sample] = shape;
    const fits = sample.length === expected.length && sample.every((n, i) => n === expected[i]);
    if (fits && size(sample) === size(then)) return out;
    refuse(
      name,
      `samples of shape ${show(expected)} for ${show(then)}`,
      `a batch of shape ${show(shape)}`,
      'Option from is the shape of one sample of x, without the batch.',
    );
  };
  const outputShape = (shape: Shape) => {
    const sample = from ?? shape.slice(1);
    return change(shape, sample, to(sample));
  };
  const inputShape = (shape: Shape) => {
    if (from) return change(shape, to(from), from);
    refuse(
      name,
      'option from, the shape of one sample of x, for the way back',
      `shape ${show(shape)} of y alone`,
      `Give it, as in ${name}({from: [28, 28, 1]${name === 'reshape' ? ', to: …' : ''}}).`,
    );
  };
  return isometry(name, {
    outputShape,
    inputShape,
    apply: (x) => tf.reshape(x, outputShape(x.shape)),
    undo: (y) => tf.reshape(y, inputShape(y.shape)),
  });
}

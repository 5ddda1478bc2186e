import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Shape } from '../bijection';
import { checkShape } from '../check';
import { refuse, show } from '../errors';
import { sameShape, sizeOf } from '../tensors/channels';
import { isometry } from './isometry';

export interface FlattenOptions {
  /** Shape of one sample of x, batch left out, which the inverse has to be told. A layer fills it in. */
  from?: Shape;
}

/** The options with the shape of x, which alone can tell it. */
export const fromSample = <Options extends FlattenOptions>(options: Options, shape: Shape): Options => ({
  ...options,
  from: shape.slice(1),
});

/** Samples in another shape; that of x is known, or taken from x. */
export function reshaped(name: string, from: Shape | undefined, to: (sample: Shape) => Shape): Bijection {
  /** From a batch of one shape to a batch of another. */
  const change = ([batch = 1, ...sample]: Shape, wanted: Shape, then: Shape) => {
    const out = [batch, ...then];
    checkShape(name, out);
    if (sameShape(sample, wanted) && sizeOf(sample) === sizeOf(then)) return out;
    const expected = `samples of shape ${show(wanted)} for ${show(then)}`;
    const remedy = 'Option from is the shape of one sample of x, without the batch.';
    return refuse(name, expected, `a batch of shape ${show([batch, ...sample])}`, remedy);
  };
  const outputShape = (shape: Shape) => {
    const sample = from ?? shape.slice(1);
    return change(shape, sample, to(sample));
  };
  const inputShape = (shape: Shape) => {
    if (from) return change(shape, to(from), from);
    const expected = 'option from, the shape of one sample of x, for the way back';
    const remedy = `Give it, as in ${name}({from: [28, 28, 1]${name === 'reshape' ? ', to: …' : ''}}).`;
    return refuse(name, expected, `shape ${show(shape)} of y alone`, remedy);
  };
  return isometry(name, {
    outputShape,
    inputShape,
    apply: (x) => tf.reshape(x, outputShape(x.shape)),
    undo: (y) => tf.reshape(y, inputShape(y.shape)),
  });
}

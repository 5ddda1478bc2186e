import type * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Shape } from '../bijection';
import { checkBijection } from '../check';
import { bodyOf, checked } from '../edge';
import { refuse, show } from '../errors';
import { checkOptions, oneOf, required, whole } from '../options';
import { recipeOf, withRecipe } from '../recipe';
import { channels, joinChannels, splitAt, withChannels } from '../tensors/channels';
import { throughDivision } from './through-division';

export interface OnPartOptions {
  /** Number of channels that the bijection gets. */
  count: number;
  /** Which: the first or the last. Default 'first'. */
  which?: 'first' | 'last';
}

/** A bijection, which keeps the shape, of the first or the last channels; the others pass by. */
export function onPart(b: Bijection, options: OnPartOptions): Bijection {
  checkBijection('onPart', b);
  checkOptions('onPart', options, { count: required(whole()), which: oneOf('first', 'last') });
  const { count, which = 'first' } = options;
  const name = `onPart(${b.name})`;
  const first = which === 'first';
  const cut = (t: tf.Tensor): [tf.Tensor, tf.Tensor] => {
    const [a, z] = splitAt(t, first ? count : channels(t.shape) - count);
    return first ? [a, z] : [z, a];
  };
  const join = (part: tf.Tensor, rest: tf.Tensor) => joinChannels(first ? [part, rest] : [rest, part]);
  const shapes = (shape: Shape) => {
    if (channels(shape) <= count) {
      const remedy = 'Use the bijection itself on all channels.';
      refuse(name, `more than ${count} channels`, `shape ${show(shape)}`, remedy);
    }
    const part = withChannels(shape, count);
    const out = bodyOf(b).outputShape(part);
    if (out.some((n, i) => n !== part[i] && !Number.isNaN(n))) {
      refuse(name, 'a bijection that keeps the shape', `${show(part)} to ${show(out)}`, 'Use split instead.');
    }
    return { part, output: [...shape] };
  };
  const inputShape = (shape: Shape) => shapes(shape).output;
  const part = recipeOf(b);
  const made = checked(
    throughDivision(name, bodyOf(b), {
      shapes,
      inputShape,
      cutInput: cut,
      joinInput: join,
      cutOutput: cut,
      joinOutput: join,
    }),
    { print: () => `onPart(${b}, ${show(options)})` },
  );
  return withRecipe(made, part && { combinator: 'onPart', count, which, part });
}

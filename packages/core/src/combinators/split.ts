import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Shape } from '../bijection';
import { identity } from '../bijections/identity';
import { checkBijection } from '../check';
import { bodyOf, checked } from '../edge';
import { refuse, show } from '../errors';
import { checkOptions, defined, required, sampleShape, whole } from '../options';
import { recipeOf, withRecipe } from '../recipe';
import { channels, joinChannels, sameShape, sizeOf, splitAt, withChannels } from '../tensors/channels';
import { type Division, throughDivision } from './through-division';

export interface SplitOptions {
  /** Shape of x without the batch, […spatial, channels]: a latent vector alone does not tell it. */
  shape: Shape;
  /** Channels that go on. Default: half, rounded up. */
  keep?: number | undefined;
}

/**
 * Multi-scale split: some channels go on through a bijection b, the others are latents already; both end in one vector.
 *
 *     y = [flatten b(x₁), flatten x₂]      log|det J| = log|det b′|
 *
 * x: [batch, …spatial, channels ≥ 2] → [batch, all numbers of a sample]. Its inverse concatenates. Splits nest: b may hold one.
 * Dinh et al. 2017, arXiv:1605.08803, section 3.6.
 */
export function split(options: SplitOptions, b: Bijection = identity): Bijection {
  checkOptions('split', options, { shape: required(sampleShape), keep: whole() });
  checkBijection('split', b);
  const through = (part: Shape) => b.outputShape([1, ...part]).slice(1);
  const made = checked(throughDivision(`split(${b.name})`, bodyOf(b), parting(options, through)), {
    print: () => `split(${show(options)}, ${b})`,
  });
  const { shape, keep } = options;
  const part = recipeOf(b);
  const known = part !== undefined || b === identity;
  return withRecipe(made, known ? { combinator: 'split', shape, ...defined({ keep, part }) } : undefined);
}

/** The channels that go on and those that leave; `through` is the shape that the former have in the end, batch left out. */
export function parting({ shape, keep }: SplitOptions, throughOf: (part: Shape) => Shape): Division {
  const n = channels(shape);
  const kept = keep ?? Math.ceil(n / 2);
  if (kept < 1 || kept >= n) {
    const remedy = 'Split later, after a squeeze, or not at all.';
    const got = `keep ${kept} for shape ${show(shape)}`;
    refuse('split', `at least 2 channels and keep from 1 to ${n - 1}`, got, remedy);
  }
  const part = withChannels(shape, kept);
  const rest = withChannels(shape, n - kept);
  const through = throughOf(part);
  const [first, second] = [sizeOf(through), sizeOf(rest)];
  const expect = ([batch = 1, ...sample]: Shape, wanted: Shape, then: Shape) => {
    if (sameShape(sample, wanted)) return [batch, ...then];
    const remedy = 'Make the split for the shape that it gets.';
    return refuse('split', `shape ${show([null, ...wanted])}`, show([batch, ...sample]), remedy);
  };
  return {
    shapes: (given) => ({ part: expect(given, shape, part), output: expect(given, shape, [first + second]) }),
    inputShape: (given) => expect(given, [first + second], shape),
    cutInput: (x) => splitAt(x, kept),
    joinInput: (x1, x2) => joinChannels([x1, x2]),
    cutOutput(y) {
      const [z1 = y, z2 = y] = tf.split(y, [first, second], 1);
      return [tf.reshape(z1, [-1, ...through]), tf.reshape(z2, [-1, ...rest])];
    },
    joinOutput: (z1, x2) => tf.concat([tf.reshape(z1, [-1, first]), tf.reshape(x2, [-1, second])], 1),
  };
}

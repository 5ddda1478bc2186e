import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, channels, checkShape, type Shape } from '../bijection';
import { identity } from '../bijections/identity';
import { refuse, show } from '../errors';
import { joinChannels, splitChannels } from '../tensors/channels';
import { type Division, throughDivision } from './division';

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
  const through = (part: Shape) => b.outputShape([1, ...part]).slice(1);
  return throughDivision(`split(${b.name})`, b, parting(options, through));
}

/** The channels that go on and those that leave; `through` is the shape that the former have in the end, batch left out. */
export function parting({ shape, keep }: SplitOptions, throughOf: (part: Shape) => Shape): Division {
  checkShape('split', [1, ...shape]);
  const n = channels(shape);
  const kept = keep ?? Math.ceil(n / 2);
  if (!Number.isInteger(kept) || kept < 1 || kept >= n) {
    refuse(
      'split',
      `at least 2 channels and keep from 1 to ${n - 1}`,
      `keep ${kept} for shape ${show(shape)}`,
      'Split later, after a squeeze, or not at all.',
    );
  }
  const space = shape.slice(0, -1);
  const size = (s: Shape) => s.reduce((product, k) => product * k, 1);
  const part = [...space, kept];
  const rest = [...space, n - kept];
  const through = throughOf(part);
  const [first, second] = [size(through), size(rest)];
  const expect = (given: Shape, wanted: Shape) => {
    if (given.length === wanted.length + 1 && wanted.every((k, i) => k === given[i + 1])) return;
    refuse(
      'split',
      `shape ${show([null, ...wanted])}`,
      show(given),
      'Make the split for the shape that it gets.',
    );
  };
  return {
    shapes(given) {
      expect(given, shape);
      return { part: [given[0]!, ...part], output: [given[0]!, first + second] };
    },
    inputShape(given) {
      expect(given, [first + second]);
      return [given[0]!, ...shape];
    },
    cutInput(x) {
      expect(x.shape, shape);
      return splitChannels(x, [kept, n - kept]) as [tf.Tensor, tf.Tensor];
    },
    joinInput: (x1, x2) => joinChannels([x1, x2]),
    cutOutput(y) {
      expect(y.shape, [first + second]);
      const [z1, z2] = tf.split(y, [first, second], 1) as [tf.Tensor, tf.Tensor];
      return [tf.reshape(z1, [-1, ...through]), tf.reshape(z2, [-1, ...rest])];
    },
    joinOutput: (z1, x2) => tf.concat([tf.reshape(z1, [-1, first]), tf.reshape(x2, [-1, second])], 1),
  };
}

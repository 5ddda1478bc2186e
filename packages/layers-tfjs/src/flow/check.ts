import { checkLivingTensor, type Rule, type Rules, refuse, rules } from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { FlowSampleOptions, Given } from './args';
import { conditionRule } from './condition';

/** Refuses x that is no batch of samples of a shape; the number of samples. */
export function checkSamples(where: string, x: tf.Tensor, shape: readonly number[]): number {
  checkLivingTensor(where, 'x', x);
  const [n = 0, ...sample] = x.shape;
  const fits =
    sample.length === shape.length && sample.every((size, i) => size === shape[i] || Number.isNaN(shape[i]));
  if (fits && n > 0) return n;
  const wanted = ['n', ...shape.map((size) => (Number.isNaN(size) ? '?' : size))].join(', ');
  return refuse(
    where,
    `samples of shape [${wanted}], n above 0`,
    x,
    'Reshape it, or make the flow for that shape.',
  );
}

/** Refuses what is no batch; the number of its samples. */
export function checkBatch(where: string, t: tf.Tensor): number {
  checkLivingTensor(where, 'its input', t);
  const [n] = t.shape;
  if (n && t.size > 0) return n;
  return refuse(where, 'a batch of samples', t, 'Give it an axis of the batch.');
}

/** Refuses options that are not those of a method with a condition. */
export function checkGiven<Options extends Given>(
  where: string,
  options: Options,
  more: Record<string, Rule> = {},
): Options {
  const all: Rules<Record<string, unknown>> = { condition: conditionRule, ...more };
  rules.checkOptions<object>(where, options, all);
  return options;
}

/** Refuses a senseless draw of n. */
export function checkDraw(where: string, n: number, options: FlowSampleOptions): FlowSampleOptions {
  rules.checkValue(where, 'n', n, { ...rules.whole(), remedy: 'Such as 16 samples.' });
  rules.checkOptions(where, options, {
    condition: conditionRule,
    seed: rules.seed,
    temperature: rules.within(0, 1e30),
    each: rules.flag,
  });
  return options;
}

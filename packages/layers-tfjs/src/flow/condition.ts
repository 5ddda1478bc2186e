import { checkLivingTensor, type Rule, refuse, rules } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { joinConditions } from '../join-conditions';

/** What a flow is given: one condition, or several in order or by name; each [n, …], one for each sample, or [1, …], one for all. */
export type Condition = tf.Tensor | readonly tf.Tensor[] | Readonly<Record<string, tf.Tensor>>;

/** A condition of a flow: its name, '' where it is the only one, and the shape of one, NaN where a size may be any. */
export interface ConditionPart {
  name: string;
  shape: readonly number[];
}

export const conditionRule: Rule = {
  expected: 'a tensor, or several in a list or by name',
  holds: (value) =>
    rules.tensor.holds(value) ||
    (typeof value === 'object' && value !== null && Object.values(value).every(rules.tensor.holds)),
};

const join = joinConditions();

/** The conditions of each of n samples as one, checked; undefined where a flow has none. */
export function conditionFor(
  parts: readonly ConditionPart[],
  n: number,
  condition: Condition | undefined,
): tf.Tensor | undefined {
  const all = conditionsFor(parts, n, condition);
  return all.length > 1 ? tf.tidy(() => join.call(all)) : all[0];
}

/** The conditions of each of n samples, in order, checked. One for all is repeated. */
export function conditionsFor(
  parts: readonly ConditionPart[],
  n: number,
  condition: Condition | undefined,
): tf.Tensor[] {
  rules.checkValue('flow', 'n', n, rules.whole(1, 2 ** 31));
  const given = listed(parts, condition);
  return parts.map((part, i) => repeated(part, n, given[i]));
}

/** What is given for the conditions of a flow, in its order. */
export function listed(
  parts: readonly ConditionPart[],
  condition: Condition | undefined,
): readonly tf.Tensor[] {
  if (condition === undefined) return [];
  rules.checkValue('flow', 'condition', condition, conditionRule);
  const given = isOne(condition) ? [condition] : condition;
  const names = parts.map(({ name }, i) => (Array.isArray(given) ? String(i) : name));
  const entries = new Map(Object.entries(given));
  const found = names.flatMap((name) => entries.get(name) ?? []);
  if (found.length === names.length && found.length === entries.size) return found;
  if (parts.length === 0) {
    const remedy = 'Make the flow with the shape of a condition to have one.';
    return refuse('flow', 'no condition', isOne(condition) ? condition : [...entries.keys()], remedy);
  }
  const expected =
    parts.length > 1 ? `the conditions ${parts.map(({ name }) => name).join(', ')}` : 'one condition';
  const got = Array.isArray(given) ? `${given.length} of them` : [...entries.keys()].join(', ') || 'none';
  return refuse('flow', expected, got, 'Give them by name, or all in this order.');
}

/** A condition of each of n samples. */
function repeated({ name, shape: wanted }: ConditionPart, n: number, c: tf.Tensor | undefined): tf.Tensor {
  const called = name === '' ? 'condition' : `condition "${name}"`;
  if (c !== undefined) checkLivingTensor('flow', `the ${called}`, c);
  const fits = c && isLike(c.shape.slice(1), wanted) && (c.shape[0] === n || c.shape[0] === 1);
  if (!fits) {
    const sample = wanted.map((size) => (Number.isNaN(size) ? '?' : size)).join(', ');
    const got = c ? `one of shape [${c.shape.join(', ')}]` : 'none';
    const remedy = 'Give it as `condition`.';
    return refuse('flow', `a ${called} [${n}, ${sample}] or [1, ${sample}]`, got, remedy);
  }
  return c.shape[0] === n ? c : tf.tile(c, [n, ...wanted.map(() => 1)]);
}

const isOne = (condition: Condition): condition is tf.Tensor => rules.tensor.holds(condition);

/** Whether a shape is the wanted one, in which NaN is any size. */
const isLike = (shape: readonly number[], wanted: readonly number[]): boolean =>
  shape.length === wanted.length && wanted.every((size, i) => Number.isNaN(size) || size === shape[i]);

import type { Bijection, Shape } from '../bijection';
import { type ConditionerOptions, conditionerFrom } from '../conditioners/conditioner-of';
import { refuse, show } from '../errors';
import { channels } from '../tensors/channels';
import type { Transformer } from '../transformers/transformer';
import { elementwise } from './elementwise';
import { networkOfCondition } from './network-source';

/** One transformer for every number, its parameters from a network of the condition: a vector, or a tensor with the pixels of x. */
export function ofCondition(name: string, phi: Transformer, options: ConditionerOptions): Bijection {
  const b = elementwise(name, phi, networkOfCondition(conditionerFrom(options), phi.parameters));
  return {
    ...b,
    weights(shape, condition) {
      checkCondition(name, shape, condition);
      if ((phi.fewest ?? 1) > channels(shape)) {
        const remedy = 'Leave volumePreserving out: of fewer channels it leaves a shift alone.';
        refuse(name, `at least ${phi.fewest} channels`, `shape ${show(shape)}`, remedy);
      }
      return b.weights(shape, condition);
    },
  };
}

function checkCondition(name: string, x: Shape, c: Shape | undefined): void {
  const space = x.slice(1, -1);
  if (c && (c.length === 2 || (c.length === x.length && space.every((n, i) => c[i + 1] === n)))) return;
  const expected = `a condition ${show([null, null])} or ${show([null, ...space, null])}`;
  const remedy = 'Give the condition as the second input: its network is all that moves x.';
  refuse(name, expected, c ? `shape ${show(c)}` : 'none', remedy);
}

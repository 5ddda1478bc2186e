import {
  checkOptions,
  refuse,
  rules,
  upgradeWeights,
  type Weights,
  withoutPrefix,
  withPrefix,
} from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Flow } from '../flow/flow';
import { partsOf } from '../flow/parts';

export interface SetWeightsOptions {
  /** Weights of the flow that are not given stay as they are. Default false: they are refused. */
  partial?: boolean;
  /** From the name of a given weight to that of the flow's. Default: the same. */
  rename?: (name: string) => string;
}

/**
 * Gives a flow weights by name, as `flow.weights()` lists them. All of them or, unless `partial`, none: missing, unknown or wrongly
 * shaped ones are refused. The values are copied. The first batch does not set up any more what was given.
 */
export function setWeights(flow: Flow, weights: Weights, options: SetWeightsOptions = {}): void {
  rules.checkValue('setWeights', 'flow', flow, { ...rules.having('weights', 'logProb'), expected: 'a flow' });
  rules.checkValue('setWeights', 'weights', weights, rules.weightsByName);
  checkOptions('setWeights', options, { partial: rules.flag, rename: rules.callable });
  const { partial = false, rename = (name) => name } = options;
  const named = Object.fromEntries(Object.entries(weights).map(([name, t]) => [rename(name), t]));
  if (Object.keys(named).length < Object.keys(weights).length)
    refuse('setWeights', 'a new name for each weight', 'the same for two', 'See what rename returns.');
  // A part of today's weights is none of an older version.
  tf.tidy(() => set(flow, partial ? named : renewed(flow, named), partial));
}

/** Those of the bijection as weights of today. */
function renewed(flow: Flow, weights: Weights): Weights {
  const { shape, conditionShape } = partsOf(flow.model);
  const condition = conditionShape && { condition: [1, ...conditionShape] };
  const ofFlow = withoutPrefix(weights, 'flow/');
  const others = Object.entries(weights).filter(([name]) => !name.startsWith('flow/'));
  const today = upgradeWeights(flow.bijection, [1, ...shape], ofFlow, condition);
  return { ...Object.fromEntries(others), ...withPrefix('flow/', today) };
}

function set(flow: Flow, weights: Weights, partial: boolean): void {
  const own = flow.weights();
  for (const [name, { shape }] of Object.entries(own)) {
    if (partial && !Object.hasOwn(weights, name)) continue;
    const given = Object.hasOwn(weights, name) ? weights[name]! : refuseWeights(`a weight "${name}"`, 'none');
    if (given.dtype !== 'float32' || !tf.util.arraysEqual(given.shape, shape))
      refuseWeights(
        `"${name}" of float32 [${shape.join(', ')}]`,
        `${given.dtype} [${given.shape.join(', ')}]`,
      );
  }
  const unknown = Object.keys(weights).find((name) => !Object.hasOwn(own, name));
  if (unknown !== undefined)
    refuseWeights(`only ${Object.keys(own).length} weights that the flow has`, `"${unknown}" too`);
  flow.layer.set(withoutPrefix(weights, 'flow/'));
  const base = flow.head.named();
  for (const [name, value] of Object.entries(withoutPrefix(weights, 'base/')))
    (base[name] as tf.Variable).assign(value);
}

const refuseWeights = (expected: string, got: string): never =>
  refuse(
    'setWeights',
    expected,
    got,
    'Make the flow with the options that the weights were trained with; it is as it was.',
  );

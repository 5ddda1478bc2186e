import { defined, having, type Rule, type Rules } from '../options';
import { fromSpec, isObject, type Spec } from '../registry';
import { attention } from './attention';
import { conditionalResidualBlock } from './conditional-residual-block';
import type { Conditioner } from './conditioner';
import { convNet, type NetOptions, netRules } from './conv-net';
import { denseNet } from './dense-net';
import { mlp } from './mlp';
import { type Network, network } from './network';
import { resNet } from './res-net';
import { residualBlock } from './residual-block';
import { uNet } from './u-net';
import { vit } from './vit';

const kinds = {
  conv: convNet,
  dense: denseNet,
  residual: residualBlock,
  conditionalResidual: conditionalResidualBlock,
  resNet,
  uNet,
  attention,
  mlp,
  vit,
};

export type ConditionerKind = keyof typeof kinds;

/** A network as data. */
export type ConditionerSpec = Spec<typeof kinds>;

export const conditionerRule: Rule = {
  expected: `a network as data, {kind: one of ${Object.keys(kinds).join(', ')}, …its options}, or a conditioner`,
  holds: (value) =>
    (typeof value === 'object' && value !== null && 'kind' in value) ||
    having('weights', 'forward', 'linearize', 'pushforward').holds(value),
  remedy: 'Leave it out for the network of `hidden`, `kernel` and `activation`.',
};

/** A network of options: `conditioner`, or the one that `hidden`, `kernel` and `activation` describe. */
export interface ConditionerOptions extends NetOptions {
  /** The network inside, instead of `hidden`, `kernel` and `activation`: one of ours as data, or any other. */
  conditioner?: ConditionerSpec | Conditioner;
}

export const conditionerRules: Rules<ConditionerOptions> = { ...netRules, conditioner: conditionerRule };

/** The network that a spec describes; a conditioner is handed on, with all its members. */
export const conditionerOf = (spec: ConditionerSpec | Conditioner): Network =>
  isObject(spec) && 'forward' in spec ? network(spec) : fromSpec<Network>('conditioner', kinds, spec);

/** The network of a coupling's options. */
export const conditionerFrom = ({ conditioner, hidden, kernel, activation }: ConditionerOptions): Network =>
  conditioner ? conditionerOf(conditioner) : convNet(defined({ hidden, kernel, activation }));

import { InvertibleError } from '../errors';
import { conditionalResidualBlock } from './conditional-residual-block';
import type { Conditioner } from './conditioner';
import { convNet, type NetOptions } from './conv-net';
import { denseNet } from './dense-net';
import { resNet } from './res-net';
import { residualBlock } from './residual-block';
import { uNet } from './u-net';

const kinds = {
  conv: convNet,
  dense: denseNet,
  residual: residualBlock,
  conditionalResidual: conditionalResidualBlock,
  resNet,
  uNet,
};

type Kinds = typeof kinds;
export type ConditionerKind = keyof Kinds;

/** A network as data, {kind, …options of its factory}, so that configs are JSON. */
export type ConditionerSpec = {
  [K in ConditionerKind]: { kind: K } & NonNullable<Parameters<Kinds[K]>[0]>;
}[ConditionerKind];

/** The network that a spec describes; a conditioner is handed on as it is. */
export function conditionerOf(spec: ConditionerSpec | Conditioner): Conditioner {
  if ('forward' in spec) return spec;
  const { kind, ...options } = spec;
  if (!Object.hasOwn(kinds, kind)) {
    throw new InvertibleError({
      where: 'conditioner',
      expected: `kind to be one of ${Object.keys(kinds).join(', ')}`,
      came: JSON.stringify(kind),
      remedy: 'Choose one of these, or give a network of your own.',
    });
  }
  return kinds[kind](options as never);
}

/** The network of a coupling's options: `conditioner`, or the one that `hidden`, `kernel` and `activation` describe. */
export const conditionerFrom = ({
  conditioner,
  ...net
}: NetOptions & { conditioner?: ConditionerSpec | Conditioner }): Conditioner =>
  conditioner ? conditionerOf(conditioner) : convNet(net);

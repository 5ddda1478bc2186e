import { fromSpec, type Spec } from '../registry';
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

export type ConditionerKind = keyof typeof kinds;

/** A network as data. */
export type ConditionerSpec = Spec<typeof kinds>;

/** The network that a spec describes; a conditioner is handed on as it is. */
export const conditionerOf = (spec: ConditionerSpec | Conditioner): Conditioner =>
  'forward' in spec ? spec : fromSpec<Conditioner>('conditioner', kinds, spec);

/** The network of a coupling's options: `conditioner`, or the one that `hidden`, `kernel` and `activation` describe. */
export const conditionerFrom = ({
  conditioner,
  ...net
}: NetOptions & { conditioner?: ConditionerSpec | Conditioner }): Conditioner =>
  conditioner ? conditionerOf(conditioner) : convNet(net);

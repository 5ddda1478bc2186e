import type { ConditionerKind, ConditionerSpec } from '@invertible/core';

type OptionsOf<K extends ConditionerKind> = Omit<Extract<ConditionerSpec, { kind: K }>, 'kind'>;

/** A network of core for inside a coupling, as data: `conditioner: inn.uNet({ hidden: 16 })`. */
const conditioner =
  <K extends ConditionerKind>(kind: K) =>
  (options?: OptionsOf<K>): Extract<ConditionerSpec, { kind: K }> =>
    ({ kind, ...options }) as Extract<ConditionerSpec, { kind: K }>;

export const conditionalResidualBlock = conditioner('conditionalResidual');
export const convNet = conditioner('conv');
export const denseNet = conditioner('dense');
export const residualBlock = conditioner('residual');
export const resNet = conditioner('resNet');
export const uNet = conditioner('uNet');

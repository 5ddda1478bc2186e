import type { ConditionerKind, ConditionerSpec } from '@invertible/core';

type OptionsOf<K extends ConditionerKind> = Omit<Extract<ConditionerSpec, { kind: K }>, 'kind'>;

/** A network of core for inside a coupling, as data: `conditioner: inn.uNet({ hidden: 16 })`. */
export const conditioner =
  <K extends ConditionerKind>(kind: K) =>
  (options?: OptionsOf<K>): Extract<ConditionerSpec, { kind: K }> =>
    ({ kind, ...options }) as Extract<ConditionerSpec, { kind: K }>;

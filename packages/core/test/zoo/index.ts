import type { LawName } from '@invertible/core/testing';
import { autoregressive } from './autoregressive';
import type { Case } from './case';
import { conditional } from './conditional';
import { conditioners } from './conditioners';
import { continuous } from './continuous';
import { couplings } from './couplings';
import { elementwise } from './elementwise';
import { exact } from './exact';
import { linear } from './linear';
import { lowRank } from './low-rank';
import { networks } from './networks';
import { rearrangements } from './rearrangements';
import { recipes } from './recipes';
import { residual } from './residual';

/** Every kind of bijection of one layer. */
export const kinds: readonly Case<LawName>[] = [
  ...elementwise,
  ...linear,
  ...rearrangements,
  ...couplings,
  ...autoregressive,
  ...residual,
  ...lowRank,
  ...continuous,
  ...conditional,
  ...recipes,
  ...exact,
];

/** Kinds, networks and conditioners: all that keeps laws. */
export const everything: readonly Case[] = [...kinds, ...networks, ...conditioners];

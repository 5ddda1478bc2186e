import type { Bijection } from '../bijection';
import { refuse } from '../errors';

/** The map of a member of a composition in one training step. One that needs the statistics of its batch must stand alone. */
export function trainingOf(b: Bijection, seed: number): Bijection {
  if (!b.batchStatistics) return b.training(seed);
  const remedy =
    'Nobody gives it the statistics of its batch there: put it between the layers, or use actNorm.';
  return refuse(b.name, 'to be trained as a layer of its own', 'a place inside another bijection', remedy);
}

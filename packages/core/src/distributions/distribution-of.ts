import { InvertibleError } from '../errors';
import { conditionalNormal } from './conditional-normal';
import { diagonalNormal } from './diagonal-normal';
import type { Distribution } from './distribution';
import { logistic } from './logistic';
import { mixtureOfNormals } from './mixture-of-normals';
import { normal } from './normal';
import { uniform } from './uniform';

const kinds = { normal, diagonalNormal, conditionalNormal, mixtureOfNormals, uniform, logistic };

type Kinds = typeof kinds;
export type DistributionKind = keyof Kinds;

/** A distribution as data, {kind, …options of its factory}, so that configs are JSON. */
export type DistributionSpec = {
  [K in DistributionKind]: { kind: K } & (Parameters<Kinds[K]> extends []
    ? object
    : NonNullable<Parameters<Kinds[K]>[0]>);
}[DistributionKind];

/** The distribution that a spec describes; a distribution is handed on as it is. */
export function distributionOf(spec: DistributionSpec | Distribution): Distribution {
  if ('logProb' in spec) return spec;
  const { kind, ...options } = spec;
  if (!Object.hasOwn(kinds, kind)) {
    throw new InvertibleError({
      where: 'distribution',
      expected: `kind to be one of ${Object.keys(kinds).join(', ')}`,
      came: JSON.stringify(kind),
      remedy: 'Choose one of these, or give a distribution of your own.',
    });
  }
  return (kinds[kind] as (options: object) => Distribution)(options);
}

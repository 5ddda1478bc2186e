import { fromSpec, isObject, type Spec } from '../registry';
import { conditionalNormal } from './conditional-normal';
import { diagonalNormal } from './diagonal-normal';
import type { Distribution } from './distribution';
import { logistic } from './logistic';
import { mixtureOfNormals } from './mixture-of-normals';
import { normal } from './normal';
import { normalOrUniform } from './normal-or-uniform';
import { studentT } from './student-t';
import { uniform } from './uniform';

const kinds = {
  normal,
  diagonalNormal,
  conditionalNormal,
  mixtureOfNormals,
  uniform,
  logistic,
  studentT,
  normalOrUniform,
};

export type DistributionKind = keyof typeof kinds;

/** A distribution as data. */
export type DistributionSpec = Spec<typeof kinds>;

/** The distribution that a spec describes; a distribution is handed on as it is. */
export const distributionOf = (spec: DistributionSpec | Distribution): Distribution =>
  isObject(spec) && 'logProb' in spec ? spec : fromSpec<Distribution>('distribution', kinds, spec);

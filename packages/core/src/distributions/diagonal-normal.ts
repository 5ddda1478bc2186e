import { pixelAffine } from '../bijections/pixel-affine';
import { reverse } from '../combinators/reverse';
import { defineDistribution } from './distribution';
import { flow } from './flow';

/**
 * A normal distribution with a learned mean and deviation for each number of a sample.
 *
 *     z = b + eˡ ⊙ ε,  ε standard normal      log p(z) = log N(ε) − Σ l
 *
 * Weights: `flow/bias` b and `flow/logScale` l of the shape of a sample, at zero. The temperature scales the deviation.
 */
export const diagonalNormal = defineDistribution('diagonalNormal', {}, () =>
  flow({ bijection: reverse(pixelAffine()) }),
);

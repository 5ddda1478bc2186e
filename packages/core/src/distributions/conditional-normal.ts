import { type ConditionalAffineOptions, conditionalAffine } from '../bijections/conditional-affine';
import { reverse } from '../combinators/reverse';
import { defineDistribution } from './distribution';
import { flow } from './flow';

/**
 * A normal distribution whose mean and deviation are a network of the condition.
 *
 *     z = t + eˡ ⊙ ε,  l, t from h(c),  ε standard normal      log p(z | c) = log N(ε) − Σ l
 *
 * l is bounded, within ±2 by default, and a fresh network gives the standard normal. c: [batch, features], or with the
 * spatial axes of z. The temperature scales the deviation.   Kingma & Dhariwal 2018, arXiv:1807.03039, split priors.
 */
export const conditionalNormal = defineDistribution(
  'conditionalNormal',
  conditionalAffine.metadata.options,
  (options: ConditionalAffineOptions = {}) => flow({ bijection: reverse(conditionalAffine(options)) }),
);

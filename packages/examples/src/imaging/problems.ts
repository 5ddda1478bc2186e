import { normalCovariance, normalSections } from './gaussian';
import { covarianceOf, type LinearPosterior, linearPosterior } from './linear';
import { sections } from './sections';
import { lowPass, type Problem } from './survey';

/** A problem whose guide is its best linear estimate. */
export type Guided = Problem & { linear: LinearPosterior };

/** Sections from which their covariance is taken, and steps of conjugate gradients for a guide. */
const [many, steps] = [2000, 30];

/** The survey that flows are trained for: noise of a tenth of the sections' deviation, traces smoothed over depth. */
export function seismic(size: number, seed: number): Guided {
  const images: Problem['images'] = (count, ...seeds) => sections(count, size, ...seeds);
  const survey = { size, images, operator: lowPass(0.8), noise: 0.1 };
  return guided(survey, linearPosterior(survey, covarianceOf(survey, many, seed)));
}

/** Another survey over the same earth, with the guide of the first: it smooths by half as much again, and is half as noisy. */
export const other = (problem: Problem): Problem => ({ ...problem, operator: lowPass(1.2), noise: 0.05 });

/** A survey over sections that are normal, whose posterior is known; the guide is its mean. */
export function normal(size: number): Guided {
  const images: Problem['images'] = (count, ...seeds) => normalSections(count, size, ...seeds);
  const survey = { size, images, operator: lowPass(0.8), noise: 0.2 };
  return guided(survey, linearPosterior(survey, normalCovariance(size)));
}

const guided = (survey: Omit<Problem, 'guide'>, linear: LinearPosterior): Guided => ({
  ...survey,
  linear,
  guide: (seen) => linear.mean(seen, steps),
});

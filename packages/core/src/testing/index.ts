/**
 * The laws that a bijection keeps, for those of others too: `checkBijection`, and each by itself.
 *
 * @module testing
 */

export { type CheckOptions, checkBijection } from './check-bijection';
export { type Counted, counted } from './counted';
export { notNumbers } from './extremes';
export { adjointError, gradientError, secondGradientError } from './gradient';
export { inversion } from './inversion';
export { broken, type Law, type LawName, laws, lawsFor, ofSmoothMaps } from './laws';
export { logDetError } from './log-det';
export { activationBytes, type Peak, peakBytes } from './peak';
export { coarseness, relativeError } from './read';
export { freeSample, type OnGrid, reversed, type Sample, sample } from './sample';
export { taylorOrder } from './taylor';

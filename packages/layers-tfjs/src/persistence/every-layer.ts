import * as factories from '../factories';
import { InvertibleGaussianLikelihood, InvertibleLikelihood } from '../likelihood';
import { register } from '../register';
import { InvertibleSplit } from '../split';

/**
 * Registers all layers of the package. A bundler leaves out the kinds that an app does not name, and with them their
 * registration; a file may hold any kind.
 */
export function registerEveryLayer(): void {
  for (const factory of Object.values(factories)) if ('Layer' in factory) register(factory.Layer);
  for (const layer of [InvertibleSplit, InvertibleLikelihood, InvertibleGaussianLikelihood]) register(layer);
}

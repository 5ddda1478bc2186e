import {
  type ActNormArgs,
  type AdditiveCouplingArgs,
  type AffineCouplingArgs,
  type Conv1x1Args,
  InvertibleActNorm,
  InvertibleAdditiveCoupling,
  InvertibleAffineCoupling,
  InvertibleConv1x1,
  InvertibleLogit,
  InvertibleSqueeze,
  type LogitArgs,
  type SqueezeArgs,
} from './layers';
import { InvertibleGaussianLikelihood } from './likelihood';

export { describeMemory, type Edge } from './describe-memory';
export { flowForward, flowInverse } from './flow';
export { InvertibleLayer, type InvertibleLayerArgs } from './invertible-layer';
export * from './layers';
export { InvertibleGaussianLikelihood, nll } from './likelihood';
export type { ModelConfig, ModelFactory } from './model-conditioner';

export const actNorm = (args?: ActNormArgs) => new InvertibleActNorm(args);
export const conv1x1 = (args?: Conv1x1Args) => new InvertibleConv1x1(args);
export const additiveCoupling = (args?: AdditiveCouplingArgs) => new InvertibleAdditiveCoupling(args);
export const affineCoupling = (args?: AffineCouplingArgs) => new InvertibleAffineCoupling(args);
export const squeeze = (args?: SqueezeArgs) => new InvertibleSqueeze(args);
export const logit = (args?: LogitArgs) => new InvertibleLogit(args);
export const gaussianLikelihood = (args?: ConstructorParameters<typeof InvertibleGaussianLikelihood>[0]) =>
  new InvertibleGaussianLikelihood(args);

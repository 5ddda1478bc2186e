import * as core from '@invertible/core';
import { layer } from './layer';
import { InvertibleGaussianLikelihood, InvertibleLikelihood, type LikelihoodArgs } from './likelihood';
import { network } from './network';

export { bijectionLayer } from './bijection-layer';
export { conditionalResidualBlock, convNet, denseNet, residualBlock, resNet, uNet } from './conditioners';
export { describeMemory, type Edge } from './describe-memory';
export { type DriftMonitorOptions, driftMonitor, measureDrift } from './drift';
export { flowForward, flowInverse } from './flow';
export {
  Flow,
  type FlowFitArgs,
  type FlowOptions,
  type FlowSampleOptions,
  flow,
  type Posterior,
} from './flow-model';
export { InvertibleLayer, type InvertibleLayerArgs } from './invertible-layer';
export { type Args, type LayerFactory, layer } from './layer';
export { InvertibleGaussianLikelihood, InvertibleLikelihood, type LikelihoodArgs, nll } from './likelihood';
export type { ModelConfig, ModelFactory } from './model-conditioner';
export { type NetworkArgs, type NetworkFactory, network } from './network';
export { type Checkpoint, loadCheckpoint, saveCheckpoint } from './persistence/checkpoint';
export { registerFileHandlers } from './persistence/file-handler';
export type { Place } from './persistence/handler';
export { loadFlow, loadModel } from './persistence/load-model';
export { fromSafetensors, toSafetensors } from './persistence/safetensors';
export { setWeights } from './persistence/set-weights';
export { InvertibleSplit, type SplitArgs, split } from './split';
export { clipByGlobalNorm } from './training/clip';
export { type FitDensityOptions, fitDensity, type MapEstimateOptions, mapEstimate } from './training/density';
export {
  exponentialDecay,
  learningRate,
  type Schedule,
  type WarmupCosineOptions,
  warmupCosine,
} from './training/learning-rate';
export { type MovingAverage, movingAverage } from './training/moving-average';
export { type NanGuardOptions, nanGuard } from './training/nan-guard';
export { type Bar, progress } from './training/progress';

export const actNorm = layer(core.actNorm);
export const additiveCoupling = layer(core.additiveCoupling);
export const affineCoupling = layer(core.affineCoupling);
export const arctan = layer(core.arctan);
export const batchNorm = layer(core.batchNorm);
export const conditionalAffine = layer(core.conditionalAffine);
export const conditionalHintCoupling = layer(core.conditionalHintCoupling);
export const conv1x1 = layer(core.conv1x1);
export const flatten = layer(core.flatten);
export const glowCoupling = layer(core.glowCoupling);
export const haarSqueeze = layer(core.haarSqueeze);
export const hintCoupling = layer(core.hintCoupling);
export const hyperbolic = layer(core.hyperbolic);
export const irimCoupling = layer(core.irimCoupling);
export const leakyRelu = layer(core.leakyRelu);
export const logit = layer(core.logit);
export const momentum = layer(core.momentum);
export const orthogonalDownsampling = layer(core.orthogonalDownsampling);
export const pad = layer(core.pad);
export const permutation = layer(core.permutation);
export const pixelAffine = layer(core.pixelAffine);
export const reshape = layer(core.reshape);
export const reverseChannels = layer(core.reverseChannels);
export const scaling = layer(core.scaling);
export const sigmoid = layer(core.sigmoid);
export const softplus = layer(core.softplus);
export const splineCoupling = layer(core.splineCoupling);
export const squeeze = layer(core.squeeze);
export const waveletSqueeze = layer(core.waveletSqueeze);

export const gaussianLikelihood = (args?: Omit<LikelihoodArgs, 'base'>) =>
  new InvertibleGaussianLikelihood(args);
export const likelihood = (args?: LikelihoodArgs) => new InvertibleLikelihood(args);

export const conditionalGlow = network(core.conditionalGlow);
export const conditionalHint = network(core.conditionalHint);
export const glow = network(core.glow);
export const hint = network(core.hint);
export const hyperbolicNetwork = network(core.hyperbolicNetwork);
export const irim = network(core.irim);
export const iunet = network(core.iunet);
export const multiscaleConditionalHint = network(core.multiscaleConditionalHint);
export const multiscaleHint = network(core.multiscaleHint);
export const nice = network(core.nice);
export const realNvp = network(core.realNvp);

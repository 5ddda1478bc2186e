/**
 * The bijections of core as layers of tf.layers, and models that fit, tell densities and draw; less memory for ordinary models; files.
 *
 * @module layers-tfjs
 */

export { bijectionLayer } from './bijection-layer';
export { describeMemory, type Edge } from './describe-memory';
export { type DriftGuard, driftGuard } from './drift/guard';
export type { DriftGuardOptions } from './drift/keeper';
export { type DriftMonitorOptions, driftMonitor, measureDrift } from './drift/measure';
export * from './factories';
export type { FlowFitArgs, FlowSampleOptions } from './flow/args';
export type { Condition, ConditionPart } from './flow/condition';
export { Flow } from './flow/flow';
export { type ConditionShape, type FlowOptions, flow } from './flow/make-flow';
export type { Posterior } from './flow/posterior';
export { flowForward, flowInverse } from './flow/sequential';
export { InvertibleLayer } from './invertible-layer';
export { JoinConditions, joinConditions } from './join-conditions';
export { type Args, type LayerFactory, layer } from './layer';
export type { InvertibleLayerArgs } from './layer-args';
export {
  gaussianLikelihood,
  InvertibleGaussianLikelihood,
  InvertibleLikelihood,
  type LikelihoodArgs,
  likelihood,
  nll,
} from './likelihood';
export type { ModelConfig, ModelFactory } from './model-conditioner';
export { type NetworkArgs, type NetworkFactory, network } from './network';
export { type Checkpoint, loadCheckpoint, saveCheckpoint } from './persistence/checkpoint';
export { registerFileHandlers } from './persistence/file-handler';
export type { Place } from './persistence/handler';
export { type LoadOptions, loadFlow, loadModel } from './persistence/load-model';
export { type OwnLoop, type PackedTraining, packTraining, unpackTraining } from './persistence/own-loop';
export { fromSafetensors, toSafetensors } from './persistence/safetensors';
export { type SaveOptions, saveModel } from './persistence/save-model';
export { type SetWeightsOptions, setWeights } from './persistence/set-weights';
export { type CheckpointArgs, checkpoint, InvertibleCheckpoint } from './recomputing/checkpoint';
export { type CheckpointedOptions, checkpointed } from './recomputing/checkpointed';
export { CheckpointedModel } from './recomputing/checkpointed-model';
export {
  type Keeping,
  type MemoryPlan,
  type MemoryPlanOptions,
  memoryPlan,
  type PlannedLayer,
} from './recomputing/memory-plan';
export { InvertibleSplit, type SplitArgs, split } from './split';
export { accumulate } from './training/accumulate';
export { clipByGlobalNorm } from './training/clip';
export { type FitDensityOptions, fitDensity, type MapEstimateOptions, mapEstimate } from './training/density';
export type { Guards } from './training/guards';
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
export { type ReverseKlOptions, reverseKl } from './training/reverse-kl';

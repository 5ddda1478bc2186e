export {
  type DriftOptions,
  type DriftProbe,
  type DriftRow,
  driftProbe,
  type Witness,
} from './autodiff/drift';
export { type Image, type Jacobian, type JacobianOptions, jacobian, type Tangent } from './autodiff/jacobian';
export { type Recorded, record } from './autodiff/nested-tape';
export { type Applied, type ApplyOptions, reversible } from './autodiff/reversible-op';
export { untaped } from './autodiff/untaped';
export {
  type Bijection,
  createWeights,
  type Direction,
  type InversePullback,
  type InversePushforward,
  type Pullback,
  type Pushforward,
  type Shape,
  type WeightSpec,
  type Weights,
} from './bijection';
export { actNorm } from './bijections/actnorm';
export { additiveCoupling } from './bijections/additive-coupling';
export { type AffineCouplingOptions, affineCoupling } from './bijections/affine-coupling';
export type { AffineMapOptions } from './bijections/affine-map';
export { type ArctanOptions, arctan } from './bijections/arctan';
export { type BatchNormOptions, batchNorm } from './bijections/batch-norm';
export { type ConditionalAffineOptions, conditionalAffine } from './bijections/conditional-affine';
export { type ConditionalHintOptions, conditionalHintCoupling } from './bijections/conditional-hint';
export { type Conv1x1Kind, type Conv1x1Options, conv1x1 } from './bijections/conv1x1';
export type { CouplingOptions } from './bijections/coupling';
export { type GlowCouplingOptions, glowCoupling } from './bijections/glow-coupling';
export { haarSqueeze } from './bijections/haar-squeeze';
export { type HintCouplingOptions, type HintPermutation, hintCoupling } from './bijections/hint-coupling';
export { type HyperbolicOptions, hyperbolic } from './bijections/hyperbolic';
export { type IrimCouplingOptions, irimCoupling } from './bijections/irim-coupling';
export { type LeakyReluOptions, leakyRelu } from './bijections/leaky-relu';
export { type LogitOptions, logit } from './bijections/logit';
export { type MomentumOptions, momentum } from './bijections/momentum';
export {
  type OrthogonalDownsamplingOptions,
  orthogonalDownsampling,
} from './bijections/orthogonal-downsampling';
export { type PadOptions, pad } from './bijections/pad';
export { type PermutationOptions, permutation, reverseChannels } from './bijections/permutation';
export { pixelAffine } from './bijections/pixel-affine';
export { type FlattenOptions, flatten, type ReshapeOptions, reshape } from './bijections/reshape';
export type { ScaleKind, ScaleOptions } from './bijections/scale';
export { type SigmoidOptions, sigmoid } from './bijections/sigmoid';
export { softplus } from './bijections/softplus';
export { type SqueezeOptions, type SqueezePattern, squeeze } from './bijections/squeeze';
export { type WaveletSqueezeOptions, waveletSqueeze } from './bijections/wavelet-squeeze';
export type { Wavelet } from './bijections/wavelets';
export { chain } from './combinators/chain';
export { identity } from './combinators/identity';
export { type OnChannelsOptions, onChannels } from './combinators/on-channels';
export { pairwise } from './combinators/pairwise';
export { prepared } from './combinators/prepared';
export { reverse } from './combinators/reverse';
export { type SplitOptions, split } from './combinators/split';
export { unconditional } from './combinators/unconditional';
export { conditionalResidualBlock } from './conditioners/conditional-residual-block';
export type { Conditioner, Linearized } from './conditioners/conditioner';
export { type ConditionerKind, type ConditionerSpec, conditionerOf } from './conditioners/conditioner-of';
export { convNet, type NetOptions } from './conditioners/conv-net';
export { type DenseNetOptions, denseNet } from './conditioners/dense-net';
export type { ActivationName } from './conditioners/parts/activation';
export { type ResNetOptions, resNet } from './conditioners/res-net';
export { type ResidualBlockOptions, residualBlock } from './conditioners/residual-block';
export { type TapedNet, taped } from './conditioners/taped';
export { type UNetOptions, uNet } from './conditioners/u-net';
export { type About, define, everyRank, type Factory, spatialRanks } from './define';
export { InvertibleError } from './errors';
export { registerKernels } from './kernels';
export { type Conditioning, conditioning } from './matrices/conditioning';

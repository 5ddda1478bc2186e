/**
 * Bijections with their calculus, over explicit weights; networks, distributions, objectives, operators, sets and kernels.
 *
 * @module core
 */

export { type DriftOptions, type DriftProbe, type DriftRow, driftProbe, driftTensor } from './autodiff/drift';
export { type DryRun, dryRun } from './autodiff/dry/dry-run';
export type { Exact, ExactOptions } from './autodiff/grid';
export { type Image, type Jacobian, type JacobianOptions, jacobian, type Tangent } from './autodiff/jacobian';
export { type Recorded, record } from './autodiff/nested-tape';
export { type Recomputable, type RecomputedOptions, recomputed } from './autodiff/recomputed';
export type { DriftCare, MemberPass } from './autodiff/reversible/care';
export { type Applied, type ApplyOptions, reversible } from './autodiff/reversible/op';
export { scored } from './autodiff/support';
export { canReadSync } from './autodiff/sync-read';
export { noGrad } from './autodiff/tapes/no-grad';
export { isTaping } from './autodiff/tapes/tape';
export type {
  Bijection,
  Direction,
  InversePullback,
  InversePushforward,
  Member,
  Pullback,
  Pushforward,
  Shape,
  WeightSpec,
  Weights,
} from './bijection';
export { type ActNormOptions, actNorm } from './bijections/actnorm';
export { type AdditiveCouplingOptions, additiveCoupling } from './bijections/additive-coupling';
export { type AffineCouplingOptions, affineCoupling } from './bijections/affine-coupling';
export { type ArctanOptions, arctan } from './bijections/arctan';
export { type AutoregressiveOptions, autoregressive } from './bijections/autoregressive';
export { type BatchNormOptions, batchNorm } from './bijections/batch-norm';
export { circularShift } from './bijections/circular-shift';
export { type ConditionalAffineOptions, conditionalAffine } from './bijections/conditional-affine';
export { type ConditionalSplineOptions, conditionalSpline } from './bijections/conditional-spline';
export { type ContinuousFlowOptions, continuousFlow } from './bijections/continuous-flow';
export { type ContractiveResidualOptions, contractiveResidual } from './bijections/contractive-residual';
export { type Conv1x1Kind, type Conv1x1Options, conv1x1 } from './bijections/conv1x1';
export { flatten } from './bijections/flatten';
export { type HaarSqueezeOptions, haarSqueeze } from './bijections/haar-squeeze';
export { identity } from './bijections/identity';
export { type LeakyReluOptions, leakyRelu } from './bijections/leaky-relu';
export { type LogitOptions, logit } from './bijections/logit';
export { type PadOptions, pad } from './bijections/pad';
export { type PermutationOptions, permutation } from './bijections/permutation';
export { pixelAffine } from './bijections/pixel-affine';
export { planar } from './bijections/planar';
export { type ReshapeOptions, reshape } from './bijections/reshape';
export { reverseChannels } from './bijections/reverse-channels';
export { type ScalingOptions, scaling } from './bijections/scaling';
export { type SigmoidOptions, sigmoid } from './bijections/sigmoid';
export { softplus } from './bijections/softplus';
export { spline } from './bijections/spline';
export { type SplineCouplingOptions, splineCoupling } from './bijections/spline-coupling';
export { type SqueezeOptions, type SqueezePattern, squeeze } from './bijections/squeeze';
export { type StandardizeOptions, standardize } from './bijections/standardize';
export { type SylvesterOptions, sylvester } from './bijections/sylvester';
export { type WaveletSqueezeOptions, waveletSqueeze } from './bijections/wavelet-squeeze';
export { checkLivingTensor } from './check';
export { chain } from './combinators/chain';
export { embedCondition } from './combinators/embed-condition';
export { fromRecipe } from './combinators/from-recipe';
export { type Graph, graph } from './combinators/graph';
export type { GraphJoin, GraphMap, GraphNode, GraphOptions, GraphSplit } from './combinators/graph-plan';
export { type OnPartOptions, onPart } from './combinators/on-part';
export { pairwise } from './combinators/pairwise';
export { reverse } from './combinators/reverse';
export { type SplitOptions, split } from './combinators/split';
export { unconditional } from './combinators/unconditional';
export { type AttentionOptions, attention } from './conditioners/attention';
export type { ActivationName } from './conditioners/blocks/activation';
export { conditionalResidualBlock } from './conditioners/conditional-residual-block';
export type { Conditioner } from './conditioners/conditioner';
export { type ConditionerKind, type ConditionerSpec, conditionerOf } from './conditioners/conditioner-of';
export { type ConvNetOptions, convNet, type NetOptions } from './conditioners/conv-net';
export { type DeepSetOptions, deepSet } from './conditioners/deep-set';
export { type DenseNetOptions, denseNet } from './conditioners/dense-net';
export { type MlpOptions, mlp } from './conditioners/mlp';
export { type Linearized, type Network, type NetworkBody, network } from './conditioners/network';
export { type ResNetOptions, resNet } from './conditioners/res-net';
export { type ResidualBlockOptions, residualBlock } from './conditioners/residual-block';
export { type SummaryNetwork, summaryNetwork } from './conditioners/summary-network';
export { type TapedNet, taped } from './conditioners/taped';
export { type UNetOptions, uNet } from './conditioners/u-net';
export { type VitOptions, vit } from './conditioners/vit';
export { type BananaOptions, banana } from './datasets/banana';
export { checkerboard } from './datasets/checkerboard';
export type { Dataset } from './datasets/dataset';
export { type EightGaussiansOptions, eightGaussians } from './datasets/eight-gaussians';
export { type PinwheelOptions, pinwheel } from './datasets/pinwheel';
export { type RingsOptions, rings } from './datasets/rings';
export { type SpiralsOptions, spirals } from './datasets/spirals';
export { type SwirlOptions, swirl } from './datasets/swirl';
export { type TwoMoonsOptions, twoMoons } from './datasets/two-moons';
export {
  type Change,
  defaultsOf,
  defineBijection,
  type Factory,
  type KindMetadata,
  kindName,
  type Metadata,
  spatialRanks,
} from './define';
export { conditionalNormal } from './distributions/conditional-normal';
export { dequantize, type Levels } from './distributions/dequantize';
export { diagonalNormal } from './distributions/diagonal-normal';
export { checkDimensions } from './distributions/dimensions';
export type { Distribution, SampleOptions } from './distributions/distribution';
export {
  type DistributionKind,
  type DistributionSpec,
  distributionOf,
} from './distributions/distribution-of';
export { type FlowOptions, flow } from './distributions/flow';
export { logistic } from './distributions/logistic';
export { type MixtureOptions, mixtureOfNormals } from './distributions/mixture-of-normals';
export { normal } from './distributions/normal';
export { type NormalOrUniformOptions, normalOrUniform } from './distributions/normal-or-uniform';
export { type StudentTOptions, studentT } from './distributions/student-t';
export { type UniformOptions, uniform } from './distributions/uniform';
export {
  type VariationalDequantization,
  variationalDequantization,
} from './distributions/variational-dequantization';
export { checked, everyRank } from './edge';
export type { CouplingOptions } from './engines/coupling';
export type { HalvesOptions } from './engines/halves';
export type { FlattenOptions } from './engines/reshaped';
export { InvertibleError, refuse } from './errors';
export { type FromTorch, type FromTorchOptions, fromTorch, type TorchLibrary } from './from-torch/from-torch';
export type { TorchModule } from './from-torch/module';
export { registerKernels } from './kernels';
export { type Conditioning, conditioning } from './matrices/conditioning';
export { type ConditionalGlowOptions, conditionalGlow } from './networks/conditional-glow';
export { type ConditionalHintNetworkOptions, conditionalHint } from './networks/conditional-hint';
export { type ConditionalHintOptions, conditionalHintCoupling } from './networks/conditional-hint-coupling';
export { type GlowOptions, glow } from './networks/glow';
export { type GlowCouplingOptions, glowCoupling } from './networks/glow-coupling';
export { type HintOptions, hint } from './networks/hint';
export {
  type HintCouplingOptions,
  type HintPermutation,
  hintCoupling,
  type LiftedHintOptions,
} from './networks/hint-coupling';
export { type HyperbolicOptions, hyperbolic } from './networks/hyperbolic';
export { type HyperbolicNetworkOptions, hyperbolicNetwork } from './networks/hyperbolic-network';
export { type IafOptions, iaf } from './networks/iaf';
export { type IrimLoopOptions, type IrimOptions, irim } from './networks/irim';
export { type IrimCouplingOptions, irimCoupling } from './networks/irim-coupling';
export { type IunetOptions, iunet } from './networks/iunet';
export { type JetOptions, jet } from './networks/jet';
export { type MafOptions, maf } from './networks/maf';
export { type MomentumOptions, momentum } from './networks/momentum';
export {
  type MultiscaleConditionalHintOptions,
  multiscaleConditionalHint,
} from './networks/multiscale-conditional-hint';
export { type MultiscaleHintOptions, multiscaleHint } from './networks/multiscale-hint';
export { type NiceOptions, nice } from './networks/nice';
export {
  type OrthogonalDownsamplingOptions,
  orthogonalDownsampling,
} from './networks/orthogonal-downsampling';
export { type RealNvpOptions, realNvp } from './networks/real-nvp';
export { type ResidualFlowOptions, residualFlow } from './networks/residual-flow';
export { type RotationsOptions, rotations } from './networks/rotations';
export { type SplineFlowOptions, splineFlow } from './networks/spline-flow';
export type { Squeezing } from './networks/squeezing';
export { pairOfStates, withMemory } from './networks/states';
export { type SummaryOptions, summary } from './networks/summary';
export { bitsPerDim } from './objectives/bits-per-dim';
export { coverage, type RankHistogram, rankHistogram } from './objectives/calibration';
export { crossEntropyAt, type PointLabel } from './objectives/cross-entropy-at';
export { crps } from './objectives/crps';
export { distanceToSet } from './objectives/distance-to-set';
export { type FlowMatchingOptions, flowMatching } from './objectives/flow-matching';
export { intersectionOverUnion, type OverlapOptions } from './objectives/intersection-over-union';
export { type L1PenaltyOptions, l1Penalty } from './objectives/l1-penalty';
export { meanSquaredError } from './objectives/mean-squared-error';
export { type LikelihoodOptions, negativeLogLikelihood } from './objectives/negative-log-likelihood';
export type { Penalty } from './objectives/penalty';
export { type PeakOptions, psnr } from './objectives/psnr';
export { ranks } from './objectives/ranks';
export { type AffineSetOptions, affineSet } from './objectives/sets/affine-set';
export { type AreaOptions, area } from './objectives/sets/area';
export { type BallOptions, ball } from './objectives/sets/ball';
export { type BoxOptions, box } from './objectives/sets/box';
export { type IntersectionOptions, intersection } from './objectives/sets/intersection';
export { l1Ball } from './objectives/sets/l1-ball';
export { type MonotoneOptions, monotone } from './objectives/sets/monotone';
export { type PointsOptions, points } from './objectives/sets/points';
export type { Projection } from './objectives/sets/projection';
export { type SimplexOptions, simplex } from './objectives/sets/simplex';
export { halfspace, type MassOptions, type SlabOptions, slab, totalMass } from './objectives/sets/slab';
export { type TotalVariationSetOptions, totalVariation } from './objectives/sets/total-variation';
export { ssim } from './objectives/ssim';
export { type TotalVariationOptions, totalVariationPenalty } from './objectives/total-variation-penalty';
export { convolutionOperator, type KernelValues } from './operators/convolution-operator';
export { dotTest } from './operators/dot-test';
export { type FistaOptions, fista } from './operators/fista';
export { gradientOperator } from './operators/gradient-operator';
export { type LandweberOptions, landweber } from './operators/landweber';
export type { Link, LinkName } from './operators/link';
export { maskOperator } from './operators/mask-operator';
export { type HeldOperator, type LinearOperator, squaredNorm } from './operators/operator';
export { type PoststackOptions, poststackOperator } from './operators/poststack-operator';
export { type RadonOptions, radonOperator } from './operators/radon-operator';
/** What the options of a kind may be, for kinds of your own. */
export * as rules from './options';
export { checkOptions, type Rule, type Rules } from './options';
export { childSeed } from './random';
export { type Recipe, recipeOf } from './recipe';
export { joinEverywhere } from './tensors/channels';
export type { Wavelet } from './tensors/wavelets';
export { tidy } from './tidy';
export type { BoundedAffineOptions } from './transformers/bounded-affine';
export type { CircularShiftOptions } from './transformers/circular-shift';
export type { RationalQuadraticOptions } from './transformers/rational-quadratic';
export type { ScaleKind, ScaleOptions } from './transformers/scale';
export type { Bounds, TailOptions, Tails } from './transformers/tails';
export type { TransformerKind, TransformerSpec } from './transformers/transformer-of';
export { withoutPrefix, withPrefix } from './weight-names';
export {
  type CreateOptions,
  createWeights,
  type InitializeOptions,
  initialize,
  upgradeWeights,
} from './weights';

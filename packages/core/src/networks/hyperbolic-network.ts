import { type ExactOptions, exactRule } from '../autodiff/grid';
import type { Bijection } from '../bijection';
import { chain } from '../combinators/chain';
import { defineBijection } from '../define';
import { listOf, optionsOf } from '../options';
import { mostLayers } from './alternating';
import { type HyperbolicOptions, hyperbolic, hyperbolicRules } from './hyperbolic';

export interface HyperbolicNetworkOptions extends Pick<HyperbolicOptions, 'kernel'>, ExactOptions {
  /** Step α of the scheme. Default: 4 over the number of layers, at most 0.5. */
  step?: number;
  /** The layers, each with what it does to the resolution before its step and the channels of its hidden layer. */
  architecture?: readonly Pick<HyperbolicOptions, 'action' | 'hidden'>[];
}

/**
 * Hyperbolic network: a wave equation in time, one leapfrog step for each layer, on a pair of states.
 *
 *     [x₀, x₁] ↦ [xₙ, xₙ₊₁],  xₖ₊₁ = 2xₖ − xₖ₋₁ − α·Kₖᵀ relu(Kₖ xₖ + bₖ)      log|det J| = 0
 *
 * x: [batch, …spatial, 2·C]. Of one tensor, `pairOfStates` makes the pair. 'down' halves the sizes of both states and puts
 * 2^d times the channels into them, 'up' goes back, d spatial axes.
 *
 * A step that is stable by itself is not when the kernel changes from layer to layer: fresh kernels with α = 0.5 multiply the
 * state, and the error of the inverse, by 10³ within 64 layers and by 10¹³ within 256. With α = 4/n the state grows less than
 * tenfold in 256 layers, and the inverse is off by 2·10⁻⁵.
 * Lensink, Peters & Haber 2019, arXiv:1905.10484; Peters, Haber & Lensink 2019, arXiv:1912.12137 (few hidden channels).
 *
 * ```ts
 * const net = core.hyperbolicNetwork({
 *   architecture: [{ hidden: 4 }, { action: 'down', hidden: 8 }, { hidden: 8 }, { action: 'up', hidden: 4 }],
 * });
 * const x = core.pairOfStates(tf.randomNormal([2, 8, 8, 3]));
 * const w = core.createWeights(net, x.shape);
 * const { y } = net.forward(x, w);
 * const { x: again } = net.inverse(y, w);
 * ```
 */
export const hyperbolicNetwork = defineBijection(
  {
    className: 'InvertibleHyperbolicNetwork',
    source: 'Lensink et al. 2019, 3',
    logDet: '0',
    options: {
      kernel: hyperbolicRules.kernel,
      step: hyperbolicRules.step,
      exact: exactRule,
      architecture: listOf(optionsOf('hyperbolic'), 1, mostLayers),
    },
  },
  ({
    architecture = Array.from({ length: 8 }, () => ({})),
    step = Math.min(0.5, 4 / architecture.length),
    kernel = 3,
    exact,
  }: HyperbolicNetworkOptions): Bijection =>
    chain(architecture.map((own) => hyperbolic({ step, kernel, exact, ...own }))),
);

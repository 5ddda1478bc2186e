import type { Bijection, Weights } from '../bijection';
import { type ProbedNet, probedNet } from '../conditioners/probed-net';
import { LAYERS } from '../conditioners/probes';
import { defineBijection } from '../define';
import { type Parametrisation, reparametrised } from '../engines/reparametrised';
import { residual } from '../engines/residual';
import { exactLogDet, type LogDetOf, seriesLogDet } from '../engines/residual-log-det';
import { contracted } from '../matrices/spectral';
import { between, odd, oneOf, type Rules, seed as seedRule, whole } from '../options';
import { childSeed } from '../random';
import { batch } from '../tensors/channels';

export interface ContractiveResidualOptions {
  /** Bound on the Lipschitz constant of g, below 1. Nearer to 1 it moves more, and its inverse takes more iterations. Default 0.9. */
  coefficient?: number;
  /** Channels of the two hidden layers of g. Default 32. */
  hidden?: number;
  /** Size of its first and last kernel, odd; the middle one is 1. Ignored for vectors. Default 3. */
  kernel?: number;
  /**
   * 'exact' by the Jacobian in full; 'series' at a random vector, unbiased, drawn anew in each step of training. Default: exact where a
   * sample has 16 numbers or fewer, else the series.
   */
  logDet?: 'exact' | 'series';
  /** Terms of the series that are always there, besides those at random; in training 2. Default 10. */
  terms?: number;
  /** Of the inverse: the last step, relative to the largest number of a sample. Default 1e-6. */
  tolerance?: number;
  /** Of the random vector of the series. Default 0. */
  seed?: number;
}

export const residualRules: Rules<ContractiveResidualOptions> = {
  coefficient: between(0, 1),
  hidden: whole(),
  kernel: odd,
  logDet: oneOf('exact', 'series'),
  terms: whole(1, 200),
  tolerance: between(0, 1),
  seed: seedRule,
};

/** Numbers of a sample up to which the log-det is exact by default. */
const few = 16;
/** As in the paper: more variance, less work. */
const termsInTraining = 2;

/** The kernels of a network, each with a norm below κ; biases as they are. */
const spectral = (net: ProbedNet, kappa: number): Parametrisation => {
  const each = (
    w: Weights,
    f: (at: ReturnType<typeof contracted>, name: string) => Weights[string],
    d: Weights,
  ) =>
    Object.fromEntries(
      Object.entries(w).map(([name, t]) => [
        name,
        name.startsWith('W') ? f(contracted(t, kappa), name) : d[name],
      ]),
    ) as Weights;
  return {
    weights: (shape, condition) => net.weights(shape, condition),
    at: (w) => each(w, (at) => at.kernel(), w),
    pullback: (w, dv) => each(w, (at, name) => at.pullback(dv[name]!), dv),
    pushforward: (w, dw) => each(w, (at, name) => at.pushforward(dw[name]!), dw),
  };
};

/**
 * Invertible residual block: a contraction g added to what it reads.
 *
 *     y = x + g(x)      log|det J| = log det(I + ∂g/∂x)      x ← y − g(x) until it stays,  Lip(g) < 1
 *
 * g is a network of two hidden layers of LipSwish, its kernels divided by a bound on the norm of their convolution; it starts at 0. The
 * inverse takes iterations until the step of every sample is within `tolerance`: at most ⌈log(tolerance/100)/log(coefficient)⌉, 175 by
 * default, and an error beyond; GPU backends make all of them, and give NaN. Its gradient needs nothing but y. The log-determinant is exact,
 * or for large samples an estimate: right in the mean over the seeds, differentiated as it is.
 * x: [batch, …spatial, channels], a single feature too; the condition moves g. Behrmann et al. 2019, arXiv:1811.00995, eq. 1–6;
 * Chen et al. 2019, arXiv:1906.02735, eq. 6.
 */
export const contractiveResidual = defineBijection(
  {
    className: 'InvertibleContractiveResidual',
    source: 'Chen et al. 2019, eq. 6',
    logDet: 'log det(I + ∂g/∂x)',
    seeded: true,
    options: residualRules,
  },
  (options: ContractiveResidualOptions, name) => {
    const { coefficient = 0.9, hidden = 32, kernel = 3, tolerance = 1e-6 } = options;
    const { logDet, terms = 10, seed = 0 } = options;
    const net = probedNet({ hidden, kernel });
    const kappa = coefficient ** (1 / LAYERS);
    const map = (always: number, ownSeed: number): Bijection => {
      const series = seriesLogDet({ terms: always, chance: coefficient ** 2, seed: ownSeed });
      const chosen: LogDetOf = (at, x) =>
        (logDet ?? (x.size / batch(x) <= few ? 'exact' : 'series')) === 'exact'
          ? exactLogDet(at, x)
          : series(at, x);
      const b = residual(name, net, { coefficient, tolerance, logDet: chosen });
      return {
        ...reparametrised(b, spectral(net, kappa)),
        ...(logDet !== 'exact' && {
          training: (step: number) => map(termsInTraining, childSeed(ownSeed, step, 'step')),
        }),
      };
    };
    return map(terms, seed);
  },
);

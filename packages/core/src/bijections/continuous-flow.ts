import type { Bijection } from '../bijection';
import { probedNet } from '../conditioners/probed-net';
import { signs, units } from '../conditioners/probes';
import { defineBijection } from '../define';
import { continuous } from '../engines/continuous';
import { type Scheme, schemes } from '../engines/runge-kutta';
import { velocityField } from '../engines/velocity';
import { odd, oneOf, seed as seedRule, whole, within } from '../options';
import { childSeed } from '../random';
import { batch } from '../tensors/channels';

export interface ContinuousFlowOptions {
  /** Channels of the two hidden layers of the field. Default 32. */
  hidden?: number;
  /** Size of its first and last kernel, odd; the middle one is 1. Ignored for vectors. Default 3. */
  kernel?: number;
  /** Steps of the solver. Default 8. */
  steps?: number;
  /** Its base scheme, of order 1, 2 or 4. Default 'rk4'. */
  solver?: Scheme;
  /** Below 1 the solver is stable in more of the plane, and rounding grows by λ⁻ⁿ in n steps back. Default 0.999. */
  lambda?: number;
  /**
   * Of the divergence: 'exact', or 'estimated' along a random vector of ±1, drawn anew in each step of training. Default: exact where a
   * sample has 16 numbers or fewer.
   */
  trace?: 'exact' | 'estimated';
  /** Of the random vector. Default 0. */
  seed?: number;
}

/** Numbers of a sample up to which the trace is exact by default. */
const few = 16;

/**
 * Continuous normalizing flow: x moves for a unit of time along a field of velocities.
 *
 *     dx/dt = f(x, t)      log|det J| = ∫ tr ∂f/∂x dt,  t = 0 … 1      x: back from 1 to 0
 *
 * f is a network of two hidden layers of LipSwish that also reads t; it starts at 0. The solver is algebraically reversible, two coupled
 * solutions of which each step is undone in closed form: gradients are those of the discrete solution, in memory that does not depend on the
 * number of steps. The inverse solves backwards; it undoes the forward map but for the error of the solver, hᵖ for order p, so that more
 * steps bring it nearer. The trace is exact, or for large samples an estimate that is right in the mean. `flowMatching` is a loss that
 * trains the field without solving for anything.
 * x: [batch, …spatial, channels], a single feature too; the condition moves f.   Chen et al. 2018, arXiv:1806.07366, eq. 8;
 * Grathwohl et al. 2018, arXiv:1810.01367, eq. 7; McCallum & Foster 2024, arXiv:2410.11648.
 */
export const continuousFlow = defineBijection(
  {
    className: 'InvertibleContinuousFlow',
    source: 'Chen et al. 2018, eq. 8',
    logDet: '∫ tr ∂f/∂x dt',
    seeded: true,
    options: {
      hidden: whole(),
      kernel: odd,
      steps: whole(),
      solver: oneOf(...Object.keys(schemes)),
      lambda: within(0.5, 1),
      trace: oneOf('exact', 'estimated'),
      seed: seedRule,
    },
  },
  (options: ContinuousFlowOptions, name) => {
    const { hidden = 32, kernel = 3, steps = 8, solver = 'rk4', lambda = 0.999, trace, seed = 0 } = options;
    const net = probedNet({ hidden, kernel });
    const map = (ownSeed: number): Bijection => {
      const field = velocityField(net, (x) =>
        (trace ?? (x.size / batch(x) <= few ? 'exact' : 'estimated')) === 'exact'
          ? units(x)
          : signs(x, ownSeed),
      );
      return {
        ...continuous(name, field, { stages: schemes[solver], steps, lambda }),
        ...(trace !== 'exact' && { training: (step: number) => map(childSeed(ownSeed, step, 'step')) }),
      };
    };
    return map(seed);
  },
);

import { type Exact, type Grid, gridOf } from '../autodiff/grid';
import type { Bijection } from '../bijection';
import { eachWay } from '../directions';
import { onGrid } from '../transformers/on-grid';
import type { Transformer } from '../transformers/transformer';

/** A transformer, or the same on a grid. */
type Lift = <P extends string>(phi: Transformer<P>) => Transformer<P>;

/**
 * A bijection made of transformers that only add and take away; where `exact` asks for it, on a grid.
 *
 *     y = b(round x)      b⁻¹(b(x)) = x to the last bit for x on the grid
 *
 * The gradient is that of b at round x, and so are derivatives of any order and the pushforward: rounding counts as the identity.
 * It gives back the x that it was rounded to: a map before it that is not exact gets one that is up to half a step off.
 * The network inside a coupling must give the same bits for the same sample: those of core do on cpu and wasm, in batches of any
 * size. Where a driver sums in an order that changes, as GPU drivers may, so may a shift by one step.   Hoogeboom et al. 2019, arXiv:1905.07376, section 3.1.
 */
export function lifted(name: string, exact: Exact | undefined, make: (lift: Lift) => Bijection): Bijection {
  const grid = gridOf(name, exact);
  return grid
    ? entering(
        make((phi) => onGrid(phi, grid)),
        grid,
      )
    : make((phi) => phi);
}

/** What comes in on either side is rounded to the grid first. */
const entering = (b: Bijection, grid: Grid): Bijection => ({
  ...eachWay(b, (way) => {
    const enter: Grid['round'] = (t) => grid.within(grid.round(t));
    return {
      forward: (x, ...rest) => way.forward(enter(x), ...rest),
      pullback: (y, ...rest) => way.pullback(enter(y), ...rest),
      pushforward: (x, ...rest) => way.pushforward(enter(x), ...rest),
    };
  }),
  initialize: (input, ...rest) => b.initialize(grid.round(input), ...rest),
  training(this: Bijection, seed: number) {
    const next = b.training(seed);
    return next === b ? this : entering(next, grid);
  },
});

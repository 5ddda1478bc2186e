import { dot, read } from '../autodiff/read';
import type { Shape } from '../bijection';
import { anyShape, checkOptions, checkValue, seed as seedRule } from '../options';
import { randomNormal } from '../random';
import { type LinearOperator, operatorRule } from './operator';

/**
 * How far an operator's adjoint is from its transpose: |⟨A x, d⟩ − ⟨x, Aᵀd⟩| / (‖A x‖ ‖d‖) for random x and d, about 1e-7 when it is one.
 *
 * shape: that of x, batch first.
 */
export async function dotTest(
  operator: LinearOperator,
  shape: Shape,
  options: { seed?: number } = {},
): Promise<number> {
  checkValue('dotTest', 'operator', operator, operatorRule);
  checkValue('dotTest', 'shape', shape, anyShape);
  checkOptions('dotTest', options, { seed: seedRule });
  const { seed = 0 } = options;
  const [x, Ax, d, Atd] = await read(() => {
    const x = randomNormal(shape, seed);
    const Ax = operator.apply(x);
    const d = randomNormal(Ax.shape, seed + 1);
    return [x, Ax, d, operator.adjoint(d)];
  });
  return Math.abs(dot(Ax, d) - dot(x, Atd)) / Math.sqrt(dot(Ax, Ax) * dot(d, d));
}

import { actNorm } from '../bijections/actnorm';
import { conv1x1 } from '../bijections/conv1x1';
import { permutation } from '../bijections/permutation';
import { entry, matrix, type NumberArray, vector } from './array';
import { type Part, part } from './part';

/** y[i] = x[order[i]] */
export const permuted = (order: NumberArray): Part => part(permutation({ order: order.numbers }));

/** y = x W (+ b) */
export const mixed = (W: NumberArray, b?: NumberArray, freeze = false): Part =>
  part(conv1x1({ kind: 'dense', ...(b && { bias: true }), ...(freeze && { freeze }) }), {
    W,
    ...(b && { bias: b }),
  });

/** y = e^s ⊙ x + t, of a layer that has seen its first batch. */
export function scaled(s: NumberArray, t: NumberArray): Part {
  const zeros = vector(s.numbers.map(() => 0));
  const logDeviation = vector(s.numbers.map((l) => -l));
  return part(actNorm(), { logScale: zeros, bias: vector(t.numbers), mean: zeros, logDeviation });
}

/** How a triangular decomposition of PyTorch is kept. */
export interface Decomposition {
  /** What is below the diagonal of L, unit lower triangular. */
  lower: NumberArray;
  /** What is above the diagonal of U. */
  upper: NumberArray;
  /** The diagonal of U. */
  diagonal: readonly number[];
}

/** Channel by channel, as they are. */
const inOrder = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

const factors = (
  n: number,
  diagonal: readonly number[],
  LU: (i: number, j: number) => number,
  bias: NumberArray | undefined,
  order = inOrder(n),
): Part => {
  const signs = diagonal.map((d) => (d < 0 ? -1 : 1));
  const l = vector(diagonal.map((d) => Math.log(Math.abs(d))));
  return part(conv1x1({ kind: 'lu', order, signs, ...(bias && { bias: true }) }), {
    LU: matrix(n, n, LU),
    l,
    ...(bias && { bias }),
  });
};

/**
 * y = x (L U)ᵀ + b, as of torch.nn.functional.linear. Here the second factor has the diagonal D of U:
 *
 *     (L U)ᵀ = Uᵀ Lᵀ = (Uᵀ D⁻¹) (D Lᵀ)
 */
export function linearLU({ lower: L, upper: U, diagonal: D }: Decomposition, bias?: NumberArray): Part {
  const at = (i: number, j: number) => (i > j ? entry(U, j, i) / (D[j] ?? 1) : (D[i] ?? 1) * entry(L, j, i));
  return factors(D.length, D, at, bias);
}

/** y = x P L U, whose row i of P is row order[i] of the identity. */
export const productLU = (
  { lower: L, upper: U, diagonal: D }: Decomposition,
  order: readonly number[],
): Part => factors(D.length, D, (i, j) => (i > j ? entry(L, i, j) : entry(U, i, j)), undefined, [...order]);

/** Entries of the strict triangle below or above the diagonal, row after row, as a matrix. */
export function triangle(n: number, { numbers }: NumberArray, side: 'below' | 'above'): NumberArray {
  let next = 0;
  return matrix(n, n, (i, j) => ((side === 'below' ? i > j : i < j) ? (numbers[next++] ?? 0) : 0));
}

/** Of a matrix of zeros and ones: the column of the one in each row. */
export const onesOf = (P: NumberArray): number[] =>
  inOrder(P.shape[0] ?? 0).map((i) => inOrder(P.shape[1] ?? 0).findIndex((j) => entry(P, i, j) > 0.5));

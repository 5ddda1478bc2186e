/**
 * The singular values of a matrix in float64, largest first: one-sided Jacobi rotates pairs of rows until all are orthogonal;
 * their lengths are the values. Rows are changed.   Hestenes 1958, doi:10.1137/0106005.
 */
export function singularValues(rows: Float64Array[]): number[] {
  const dot = (p: Float64Array, q: Float64Array) => p.reduce((sum, v, i) => sum + v * q[i]!, 0);
  /** Makes two rows orthogonal; false where they were, to the last digits. */
  const rotate = (p: Float64Array, q: Float64Array): boolean => {
    const [pp, qq, pq] = [dot(p, p), dot(q, q), dot(p, q)];
    if (Math.abs(pq) <= 1e-15 * Math.sqrt(pp * qq)) return false;
    const cot = (qq - pp) / (2 * pq);
    const t = (cot < 0 ? -1 : 1) / (Math.abs(cot) + Math.hypot(1, cot));
    const c = 1 / Math.hypot(1, t);
    for (let i = 0; i < p.length; i++) {
      const [u, v] = [p[i]!, q[i]!];
      p[i] = c * (u - t * v);
      q[i] = c * (v + t * u);
    }
    return true;
  };
  // Convergence is quadratic: six to ten sweeps do, sixty are never needed.
  for (let sweep = 0, turned = true; turned && sweep < 60; sweep++) {
    turned = false;
    for (let i = 1; i < rows.length; i++) {
      for (let j = 0; j < i; j++) turned = rotate(rows[i]!, rows[j]!) || turned;
    }
  }
  return rows.map((row) => Math.hypot(...row)).sort((a, b) => b - a);
}

import { largest, read, relative } from './read';
import type { Sample } from './sample';

/** ‖f⁻¹(f(x)) − x‖ relative, and how far the two log-determinants are from cancelling. */
export async function inversion({ bijection, x, w, c }: Sample): Promise<{ x: number; logDet: number }> {
  const [back, at, out, home] = await read(() => {
    const f = bijection.forward(x, w, c);
    const b = bijection.inverse(f.y, w, c);
    return [b.x, x, f.logDet, b.logDet];
  });
  return { x: relative(back, at), logDet: largest(out.map((l, i) => l + home[i]!)) / (1 + largest(out)) };
}

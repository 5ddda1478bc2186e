import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

/** What one innermost member of a bijection does to a batch. */
export interface Finding {
  /** Keys of the members on the way to it, and its name. */
  member: string;
  /** Whether its weights, and its output, are finite. */
  finite: { weights: boolean; output: boolean };
  /** ‖y‖ / ‖x‖. */
  growth: number;
}

/** A bijection at the batch that it gets. */
interface At {
  part: core.Bijection;
  path: readonly string[];
  x: tf.Tensor;
  w: core.Weights;
  c: tf.Tensor | undefined;
}

/** Looks at every innermost member of a bijection in the order of the forward map. It reads synchronously. */
export const findings = (
  part: core.Bijection,
  x: tf.Tensor,
  w: core.Weights,
  c: tf.Tensor | undefined,
): Finding[] => core.noGrad(() => core.tidy(() => leaves({ part, path: [], x, w, c }).map(finding)));

function finding({ part, path, x, w, c }: At): Finding {
  const y = part.forward(x, w, c).y;
  const finite = {
    weights: Object.values(w).every((t) => Number.isFinite(normOf(t))),
    output: Number.isFinite(normOf(y)),
  };
  return {
    member: [...path, part.name].join('/'),
    finite,
    growth: normOf(y) / normOf(x),
  };
}

/** In float64, which no float32 number overflows. */
function normOf(t: tf.Tensor): number {
  let sum = 0;
  for (const v of t.dataSync()) sum += v * v;
  return Math.sqrt(sum);
}

/** The innermost members, where they stand one after the other; where they do not, the whole. */
function leaves(at: At): At[] {
  const { part, path, x, w, c } = at;
  const inside: At[] = [];
  let h = x;
  for (const { key, part: member, shape, condition } of part.members(x.shape, c?.shape)) {
    const from = firstChannels(h, shape.at(-1) ?? 0);
    const fits = tf.util.arraysEqual(from.shape.slice(1), shape.slice(1));
    const own = core.withoutPrefix(w, `${key}/`);
    if (!isBijection(member) || !fits) return [at];
    if (!member.weights(shape, condition).every(({ name }) => Object.hasOwn(own, name))) return [at];
    inside.push({ part: member, path: [...path, key], x: from, w: own, c });
    h = member.forward(from, own, c).y;
  }
  return inside.length > 0 && begins(part.forward(x, w, c).y, h) ? inside.flatMap(leaves) : [at];
}

const isBijection = (part: object): part is core.Bijection => 'forward' in part && 'inverse' in part;

/** The part of a split that goes on. */
const firstChannels = (t: tf.Tensor, n: number): tf.Tensor => {
  const whole = t.shape.at(-1) ?? 0;
  return n > 0 && n < whole ? (tf.split(t, [n, whole - n], -1)[0] ?? t) : t;
};

/** Whether the numbers of each sample of y begin with those of h, which then was made on the way to it. */
function begins(y: tf.Tensor, h: tf.Tensor): boolean {
  const n = y.shape[0] ?? 1;
  const [all, some] = [y, h].map((t) => tf.reshape(t, [n, -1])) as [tf.Tensor2D, tf.Tensor2D];
  if (some.shape[1] > all.shape[1]) return false;
  const [a, b] = [tf.slice(all, [0, 0], [n, some.shape[1]]).dataSync(), some.dataSync()];
  return a.every((v, i) => Object.is(v, b[i]) || Math.abs(v - (b[i] ?? 0)) <= 1e-3 * (1 + Math.abs(v)));
}

/** The first member whose weights or output are not finite. */
export const firstBroken = (all: readonly Finding[]): Finding | undefined =>
  all.find(({ finite }) => !finite.weights || !finite.output);

/** The member that makes its input largest; where that is no number, it counts as largest. */
export function growsMost(all: readonly Finding[]): Finding | undefined {
  const size = ({ growth }: Finding) => (Number.isNaN(growth) ? Number.MAX_VALUE : growth);
  return [...all].sort((a, b) => size(b) - size(a))[0];
}

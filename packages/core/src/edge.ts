import * as tf from '@tensorflow/tfjs-core';
import { twice } from './autodiff/tapes/twice';
import type { Bijection, OneWay, Shape, WeightSpec, Weights } from './bijection';
import { checkCondition, checkLike, checkShape, checkTensor, checkWeights } from './check';
import { backwards, bothWays } from './directions';
import { refuse, show } from './errors';
import { tidy } from './tidy';

/** Any number of spatial axes. */
export const everyRank = [0, 1, 2, 3] as const;

const bodies = new WeakMap<Bijection, Bijection>();
const entrances = new WeakMap<Bijection, Entrance>();

/** A bijection without its checks, for compositions, which have checks of their own. */
export const bodyOf = (b: Bijection): Bijection => bodies.get(b) ?? b;

/** The checks of what enters a bijection's forward map, for who then calls its body. */
export const checkEntrance = (b: Bijection, x: tf.Tensor, w: Weights, c?: tf.Tensor): void => {
  tidy(() => void entrances.get(b)?.(x, w, c));
};

interface Edge {
  axes?: readonly number[];
  print?: () => string;
}

/** A bijection that checks its inputs. Its results alone stay; all other tensors are freed. */
export function checked(
  body: Bijection,
  { axes = everyRank, print = () => String(body) }: Edge = {},
): Bijection {
  const { name } = body;
  const outputShape = (shape: Shape) => {
    checkShape(name, shape, axes);
    return body.outputShape(shape);
  };
  const inputShape = (shape: Shape) => {
    checkShape(name, shape);
    return body.inputShape(shape);
  };
  const weights = (shape: Shape, condition?: Shape) => {
    outputShape(shape);
    return knownSizes(name, shape, body.weights(shape, condition));
  };
  const enter = entrance(name, { inputShape, weights });
  const edge: Bijection = {
    name,
    ...bothWays(
      guarded(body, outputShape, enter('x'), enter('y')),
      guarded(backwards(body), inputShape, enter('y'), enter('x')),
    ),
    weights,
    members(shape, condition) {
      outputShape(shape);
      return body.members(shape, condition);
    },
    initialize: (input, w, direction, c) =>
      tidy(() => {
        const from = enter(direction === 'forward' ? 'x' : 'y')(input, w, c);
        return body.initialize(from.t, w, direction, from.c);
      }),
    training(seed) {
      const next = body.training(seed);
      return next === body ? edge : checked({ ...next, name }, { axes, print });
    },
    statistics: (x, w) => tidy(() => body.statistics(x, w)),
    batchStatistics: body.batchStatistics,
    toString: print,
  };
  bodies.set(edge, body);
  entrances.set(edge, enter('x'));
  return edge;
}

/** One direction behind its checks: of its inputs, and in a pullback of its output. */
const guarded = (
  way: OneWay,
  outputShape: OneWay['outputShape'],
  enter: Entrance,
  leave: Entrance,
): OneWay => ({
  outputShape,
  forward: (x, w, c) =>
    tidy(() => {
      const from = enter(x, w, c);
      return twice(() => way.forward(from.t, w, from.c));
    }),
  pullback: (y, dy, dLogDet, w, c) =>
    tidy(() => {
      const from = leave(y, w, c);
      from.checkLike({ d: dy, dLogDet });
      return way.pullback(from.t, dy, dLogDet, w, from.c);
    }),
  pushforward: (x, dx, w, dw, c, dc) =>
    tidy(() => {
      const from = enter(x, w, c);
      from.checkLike({ d: dx, dw, dc });
      return way.pushforward(from.t, dx, w, dw, from.c, dc);
    }),
});

/** Refuses weights of sizes that are not known, since the shape that they are for is not. */
function knownSizes(name: string, shape: Shape, specs: WeightSpec[]): WeightSpec[] {
  const open = specs.find((spec) => spec.shape.some(Number.isNaN));
  if (!open) return specs;
  const remedy = `The weight ${open.name} has a number for each: give inputShape in full.`;
  const got = show(shape.map((n) => (Number.isNaN(n) ? null : n)));
  return refuse(name, 'spatial sizes that are known', got, remedy);
}

/** Shapes whose weights are remembered: few, since sizes of sets and images may change with every batch. */
const mostKnown = 64;

interface Shapes {
  inputShape(shape: Shape): number[];
  weights(shape: Shape, condition?: Shape): WeightSpec[];
}

/** Tangents or cotangents of the inputs. */
interface Changes {
  d: tf.Tensor;
  dLogDet?: tf.Tensor;
  dw?: Weights;
  dc?: tf.Tensor | undefined;
}

/** Checks a tensor that comes in, its weights and its condition; then what changes of them. Integers come out as float32. */
type Entrance = (
  t: tf.Tensor,
  w: Weights,
  c?: tf.Tensor,
) => { t: tf.Tensor; c: tf.Tensor | undefined; checkLike(changes: Changes): void };

/** The entrance on the side of x, or of y; the specs of weights are made once for each shape. */
function entrance(name: string, { inputShape, weights }: Shapes) {
  const known = new Map<string, readonly WeightSpec[]>();
  const specsFor = (side: 'x' | 'y', shape: Shape, condition: Shape | undefined) => {
    const key = `${side} ${shape.slice(1)} | ${condition?.slice(1)}`;
    const before = known.get(key);
    if (before) return before;
    const specs = weights(side === 'x' ? shape : inputShape(shape), condition);
    if (known.size >= mostKnown) known.clear();
    known.set(key, specs);
    return specs;
  };
  return (side: 'x' | 'y'): Entrance =>
    (t, w, c) => {
      checkTensor(name, side, t);
      if (c !== undefined) checkCondition(name, c, t);
      const specs = specsFor(side, t.shape, c?.shape);
      checkWeights(name, specs, w);
      return {
        t: float(t),
        c: c && float(c),
        checkLike({ d, dLogDet, dw, dc }) {
          checkLike(name, `d${side}`, d, t.shape);
          if (dLogDet) checkLike(name, 'dLogDet', dLogDet, t.shape.slice(0, 1));
          if (dw) checkWeights(name, specs, dw);
          if (dc && c) checkLike(name, 'dc', dc, c.shape);
        },
      };
    };
}

/** Integers and truth values as the numbers that they are, since tfjs would compute in integers; a cast has a gradient. */
export const float = (t: tf.Tensor): tf.Tensor => (t.dtype === 'float32' ? t : tf.cast(t, 'float32'));

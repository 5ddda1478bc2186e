import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Shape, WeightSpec, Weights } from './bijection';
import { checkLike, checkShape, checkTensor, checkWeights } from './check';
import { refuse, show } from './errors';
import { checkOptions, type Rules } from './options';
import { tidy } from './tidy';

/** Metadata of a kind of bijection: the README's table and the layers are made of it. */
export interface KindMetadata<Options extends object = object> {
  /** Class name of its layer. Frozen: saved models find their layers by it. */
  className: `Invertible${string}`;
  /** Paper and equation of the formula. */
  source: string;
  /** log|det J| in the letters of the docblock; '0' where volume is preserved. */
  logDet: string;
  /** The numbers of spatial axes that it takes. Default: 0 to 3. */
  axes?: readonly (0 | 1 | 2 | 3)[];
  /** Its options take a seed, which is then that of the layer. */
  seeded?: boolean;
  /** Options that only the shape of x can tell (batch first); the layer keeps them in its config. */
  complete?(options: Options, shape: Shape): Options;
}

/** The metadata, with a rule for every option. */
export type Metadata<Options extends object = object> = KindMetadata<Options> &
  (keyof Options extends never ? { options?: Rules<Options> } : { options: Rules<Options> });

/** Makes bijections of one kind, and knows its metadata. */
export interface Factory<Options extends object> {
  (options?: Options): Bijection;
  readonly metadata: Metadata<Options>;
}

export const everyRank = [0, 1, 2, 3] as const;
export const spatialRanks = [1, 2, 3] as const;

/**
 * A kind of bijection: its metadata, and the function from options to the map. Whatever enters is checked here, once:
 * options, shapes, weights, the condition and the type of numbers. The body holds mathematics and no checks. @__NO_SIDE_EFFECTS__
 */
export const defineBijection = <Options extends object>(
  metadata: Metadata<NoInfer<Options>>,
  make: (options: Options, name: string) => Bijection,
): Factory<Options> => {
  const name = nameOf(metadata.className);
  const { axes = everyRank, options: rules = {} as Rules<Options> } = metadata;
  const factory = (options: Options = {} as Options) => {
    checkOptions(name, options, rules);
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    const print = () => `${name}(${given.length > 0 ? printed(Object.fromEntries(given)) : ''})`;
    return checked({ ...bodyOf(make(options, name)), name }, { axes, print });
  };
  return Object.assign(factory, { metadata });
};

/** InvertibleActNorm: actNorm */
const nameOf = (className: string) => {
  const name = className.slice('Invertible'.length);
  return name.charAt(0).toLowerCase() + name.slice(1);
};

const printed = (options: object): string =>
  `{ ${Object.entries(options)
    .map(
      ([name, value]) =>
        `${name}: ${typeof value === 'object' && value?.toString !== Object.prototype.toString && !Array.isArray(value) ? String(value) : show(value)}`,
    )
    .join(', ')} }`;

const bodies = new WeakMap<Bijection, Bijection>();

/** A bijection without its checks, for compositions, which have checks of their own. */
export const bodyOf = (b: Bijection): Bijection => bodies.get(b) ?? b;

interface Edge {
  axes?: readonly number[];
  print?: () => string;
}

/** A bijection that checks what it is given. Its results hold no more than they must: everything else is freed. */
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
    const specs = body.weights(shape, condition);
    const open = specs.find((spec) => spec.shape.some(Number.isNaN));
    if (open) {
      const remedy = `The weight ${open.name} has a number for each: give inputShape in full.`;
      refuse(
        name,
        'spatial sizes that are known',
        show(shape.map((n) => (Number.isNaN(n) ? null : n))),
        remedy,
      );
    }
    return specs;
  };
  const enter = entrance(name, { outputShape, inputShape, weights });
  const edge: Bijection = {
    name,
    outputShape,
    inputShape,
    weights,
    members: (shape, condition) => {
      outputShape(shape);
      return body.members(shape, condition);
    },
    forward: (x, w, c) => tidy(() => body.forward(...enter('x', x, w, c).inputs)),
    inverse: (y, w, c) => tidy(() => body.inverse(...enter('y', y, w, c).inputs)),
    pullback: (y, dy, dLogDet, w, c) =>
      tidy(() => {
        const { inputs, like } = enter('y', y, w, c);
        like({ dy, dLogDet });
        return body.pullback(inputs[0], dy, dLogDet, inputs[1], inputs[2]);
      }),
    inversePullback: (x, dx, dLogDet, w, c) =>
      tidy(() => {
        const { inputs, like } = enter('x', x, w, c);
        like({ dx, dLogDet });
        return body.inversePullback(inputs[0], dx, dLogDet, inputs[1], inputs[2]);
      }),
    pushforward: (x, dx, w, dw, c, dc) =>
      tidy(() => {
        const { inputs, like } = enter('x', x, w, c);
        like({ dx, dw, dc });
        return body.pushforward(inputs[0], dx, inputs[1], dw, inputs[2], dc);
      }),
    inversePushforward: (y, dy, w, dw, c, dc) =>
      tidy(() => {
        const { inputs, like } = enter('y', y, w, c);
        like({ dy, dw, dc });
        return body.inversePushforward(inputs[0], dy, inputs[1], dw, inputs[2], dc);
      }),
    initialize: (input, w, direction, c) =>
      tidy(() => {
        const [t, , given] = enter(direction === 'forward' ? 'x' : 'y', input, w, c).inputs;
        return body.initialize(t, w, direction, given);
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
  return edge;
}

interface Shapes {
  outputShape(shape: Shape): number[];
  inputShape(shape: Shape): number[];
  weights(shape: Shape, condition?: Shape): WeightSpec[];
}

/** Checks of what comes in on the side of x or of y; the specs of weights are made once for each shape. */
function entrance(name: string, { outputShape, inputShape, weights }: Shapes) {
  const known = new Map<string, { specs: readonly WeightSpec[] }>();
  const specsFor = (side: 'x' | 'y', shape: Shape, condition: Shape | undefined) => {
    const key = `${side} ${shape.slice(1)} | ${condition?.slice(1)}`;
    let entry = known.get(key);
    if (!entry) {
      if (side === 'y') checkShape(name, shape);
      const x = side === 'x' ? shape : inputShape(shape);
      outputShape(x);
      entry = { specs: weights(x, condition) };
      known.set(key, entry);
    }
    return entry.specs;
  };
  return (side: 'x' | 'y', t: tf.Tensor, w: Weights, c?: tf.Tensor) => {
    checkTensor(name, side, t);
    if (c !== undefined) {
      checkTensor(name, 'the condition', c);
      if (c.shape[0] !== t.shape[0]) {
        const expected = `a condition for each of ${t.shape[0]} samples`;
        refuse(name, expected, `shape ${show(c.shape)}`, 'Repeat it along the batch with tf.tile.');
      }
    }
    const specs = specsFor(side, t.shape, c?.shape);
    checkWeights(name, specs, w);
    const inputs: [tf.Tensor, Weights, tf.Tensor?] = [float(t), w, c && float(c)];
    /** Refuses cotangents and tangents that are not of the shapes of what they belong to. */
    const like = ({ dLogDet, dw, dc, ...same }: Record<string, tf.Tensor | Weights | undefined>) => {
      for (const [what, d] of Object.entries(same)) {
        checkTensor(name, what, d);
        checkLike(name, what, d, t.shape);
      }
      if (dLogDet) checkLike(name, 'dLogDet', dLogDet as tf.Tensor, t.shape.slice(0, 1));
      if (dw) checkWeights(name, specs, dw as Weights);
      if (dc && c) checkLike(name, 'dc', dc as tf.Tensor, c.shape);
    };
    return { inputs, like };
  };
}

/** Integers and truth values as the numbers that they are: with them tfjs would compute in integers. */
const float = (t: tf.Tensor): tf.Tensor => (t.dtype === 'float32' ? t : tf.cast(t, 'float32'));

import type * as core from '@invertible/core';
import * as law from '@invertible/core/testing';

/** One entry of a zoo on one shape, and the laws that it has to keep. */
export interface Case<Law extends string = string> {
  /** Name of its entry in the zoo. */
  of: string;
  /** Its shape, in words. */
  on: string;
  /** Number of spatial axes of x. */
  axes: number;
  /** Samples of x. */
  batch: number;
  reversed: boolean;
  laws: readonly Law[];
  /** How a fresh sample on the present backend breaks one of the laws. */
  broken(law: Law, coarseness?: number): Promise<string[]>;
}

export const nameOf = ({ of, on, reversed }: Case): string =>
  `${reversed ? 'reverse of ' : ''}${of} on ${on}`;

export const shapes: Record<string, readonly number[]> = {
  '4 features': [3, 4],
  'a single sample of 4 features': [1, 4],
  'a line of 6 × 4': [2, 6, 4],
  'an image of 4 × 4 × 4': [2, 4, 4, 4],
  'a volume of 2 × 4 × 2 × 2': [2, 2, 4, 2, 2],
};

export const fourChannels: Record<string, readonly number[]> = {
  '4 features': [3, 4],
  'a single sample of 4 features': [1, 4],
  'an image of 4 × 2 × 4': [2, 4, 2, 4],
  'a volume of 2 × 2 × 2 × 4': [2, 2, 2, 2, 4],
};

/** A bounded, a circular and two unbounded channels, in whose boxes normal numbers lie. */
export const mixedTails = {
  tails: ['bounded', 'linear', 'circular', 'linear'],
  bounds: [
    [-6, 7],
    [-2, 3],
    [-6, 6],
    [-3, 3],
  ],
} as const;

export interface Entry {
  make: () => core.Bijection;
  /** Numbers of spatial axes it is tried on. Default: all. */
  axes?: readonly number[];
  /** The shapes it is tried on, batch first, instead of the usual ones; or the only one. */
  on?: Record<string, readonly number[]> | readonly number[];
  /** A condition: a vector of 3 numbers, 2 channels at every pixel, or any shape, batch first. */
  given?: 'vector' | 'image' | readonly number[];
  /** No kinks: the Taylor remainder has an order. Default true. */
  smooth?: boolean;
  /** Its values lie on the usual grid: makes the map over the same weights whose values are not rounded. */
  exact?: () => core.Bijection;
  /** Its log-det is an estimate: right in the mean over the seeds, which no single one is. Default false. */
  estimated?: boolean;
  /**
   * Some weights do not matter to the reverse: it finds g(y) first and undoes that again. Their gradient is 0, that of tfjs
   * rounding noise, and no relative error compares the two. Default false.
   */
  idle?: boolean;
}

const isShape = (on: Entry['on']): on is readonly number[] => Array.isArray(on);

function conditionOf(given: NonNullable<Entry['given']>, shape: readonly number[]): readonly number[] {
  if (given === 'vector') return [shape[0]!, 3];
  return given === 'image' ? [...shape.slice(0, -1), 2] : given;
}

/** Every entry on every shape that it takes, and its reverse there. */
export function casesOf(
  zoo: Record<string, Entry>,
  usual: Record<string, readonly number[]> = shapes,
): Case<law.LawName>[] {
  return Object.entries(zoo).flatMap(([of, entry]) => {
    const {
      make,
      axes = [0, 1, 2, 3],
      on = usual,
      given,
      smooth = true,
      exact,
      idle = false,
      estimated = false,
    } = entry;
    const all = law.lawsFor({ smooth, exact: exact !== undefined });
    const laws = estimated ? all.filter((name) => name !== 'logDet') : all;
    const tried = isShape(on) ? { [on.slice(1).join(' × ')]: on } : on;
    return Object.entries(tried)
      .filter(([, shape]) => axes.includes(shape.length - 2))
      .flatMap(([where, shape]) => {
        const condition = given && conditionOf(given, shape);
        const sample = () =>
          law.sample(make(), shape, {
            ...(condition && { condition }),
            ...(exact && { exact: { step: 2 ** -12, smooth: exact() } }),
          });
        const common = { of, on: where, axes: shape.length - 2, batch: shape[0]! };
        return [
          { ...common, reversed: false, laws, broken: asked(sample) },
          {
            ...common,
            reversed: true,
            laws: laws.filter((key) => !(idle && key === 'gradient')),
            broken: asked(() => law.reversed(sample())),
          },
        ];
      });
  });
}

/** Asks a fresh sample about a law. */
const asked =
  (sample: () => law.Sample): Case<law.LawName>['broken'] =>
  async (name, coarseness) => {
    const at = sample();
    try {
      return await law.broken(name, at, coarseness);
    } finally {
      law.freeSample(at);
    }
  };

import type { Bijection, Shape } from './bijection';

/** What is known of a kind of bijection besides its mathematics: the README's table and the layers are made of it. */
export interface Metadata<Options extends object = object> {
  /** Class name of its layer. Frozen: saved models find their layers by it. */
  className: `Invertible${string}`;
  /** Paper and equation of the formula. */
  source: string;
  /** log|det J| in the letters of the docblock; '0' where volume is preserved. */
  logDet: string;
  /** The numbers of spatial axes that it takes. */
  axes: readonly (0 | 1 | 2 | 3)[];
  /** Its options take a seed, which is then that of the layer. */
  seeded?: boolean;
  /** Options that only the shape of x can tell (batch first); the layer keeps them in its config. */
  complete?(options: Options, shape: Shape): Options;
}

/** Makes bijections of one kind, and knows what they are. */
export interface Factory<Options extends object> {
  (options?: Options): Bijection;
  readonly metadata: Metadata<Options>;
}

export const everyRank = [0, 1, 2, 3] as const;
export const spatialRanks = [1, 2, 3] as const;

/** A kind of bijection: what is known of it, and the function from options to the map. @__NO_SIDE_EFFECTS__ */
export const defineBijection = <Options extends object>(
  about: Metadata<Options>,
  make: (options?: Options) => Bijection,
): Factory<Options> => Object.assign(make, { metadata: about });

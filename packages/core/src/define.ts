import type { Bijection, Shape } from './bijection';
import { bodyOf, checked, everyRank } from './edge';
import { checkOptions, defined, printed, type Rules } from './options';
import { withRecipe } from './recipe';

/** Metadata of a kind of bijection: the table of layers and the layers are made of it. */
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
  /**
   * Options whose default has changed: what it was and what it is. A layer always writes them into its config, so that one
   * without them is of an older version and stands for what was.
   */
  changedDefaults?: { readonly [Name in keyof Options]?: Change<Options[Name]> };
  /** Options that only the shape of x can tell (batch first); the layer keeps them in its config. */
  complete?(options: Options, shape: Shape): Options;
}

/** A default before and after. */
export interface Change<Value> {
  was: NonNullable<Value>;
  is: NonNullable<Value>;
}

/** The metadata, with a rule for every option. */
export type Metadata<Options extends object = object> = KindMetadata<Options> &
  (keyof Options extends never ? { options?: Rules<Options> } : { options: Rules<Options> });

/** Makes bijections of one kind, and knows its metadata. */
export interface Factory<Options extends object> {
  (options?: Options): Bijection;
  readonly metadata: Metadata<Options>;
}

/** At least one spatial axis. */
export const spatialRanks = [1, 2, 3] as const;

/**
 * A kind of bijection: its metadata, and the function from options to the map. Inputs are checked here, once:
 * options, shapes, weights, the condition and the type of numbers. The body holds mathematics and no checks. @__NO_SIDE_EFFECTS__
 */
export const defineBijection = <Options extends object>(
  metadata: Metadata<NoInfer<Options>>,
  make: (options: Options, name: string) => Bijection,
): Factory<Options> => {
  const name = kindName(metadata.className);
  const {
    className,
    axes = everyRank,
    options: rules = {} as Rules<Options>,
    changedDefaults = {},
  } = metadata;
  const today = defaultsOf(changedDefaults, 'is');
  const factory = (options: Options = {} as Options) => {
    checkOptions(name, options, rules);
    const made = { ...bodyOf(make(options, name)), name };
    const recipe = { className, config: { ...today, ...defined(options) } };
    return withRecipe(checked(made, { axes, print: () => printed(name, options) }), recipe);
  };
  return Object.assign(factory, { metadata });
};

/** The options whose defaults have changed, as they are or as they were. */
export const defaultsOf = <Value>(
  changes: Readonly<Record<string, Change<Value>>>,
  when: keyof Change<Value>,
): Record<string, NonNullable<Value>> =>
  Object.fromEntries(Object.entries(changes).map(([name, change]) => [name, change[when]]));

/** The name of a kind, from its class: actNorm for InvertibleActNorm. */
export const kindName = (className: string) => {
  const name = className.slice('Invertible'.length);
  return name.charAt(0).toLowerCase() + name.slice(1);
};

import { refuse, show } from './errors';
import { nearest } from './options';

/** Options of a kind of thing as data: {kind, …options of its factory}, so that configs are JSON. */
export type Spec<Kinds extends Record<string, (options: never) => unknown>> = {
  [K in keyof Kinds & string]: { kind: K } & (Parameters<Kinds[K]> extends []
    ? object
    : NonNullable<Parameters<Kinds[K]>[0]>);
}[keyof Kinds & string];

/** Makes the object of a spec, of one of the kinds. */
export function fromSpec<T>(
  where: string,
  kinds: Record<string, (options: never) => T>,
  spec: { kind: string },
): T {
  const names = Object.keys(kinds);
  const own = `give a ${where} of your own`;
  if (!isObject(spec))
    refuse(where, 'an object with a kind', spec, `As in { kind: '${names[0]}' }, or ${own}.`);
  const { kind, ...options } = spec;
  const make = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (make) return make(options as never); // The factory checks them.
  const near = typeof kind === 'string' && nearest(kind, names);
  const remedy = near ? `Did you mean ${near}?` : `Choose one of these, or ${own}.`;
  return refuse(where, `kind to be one of ${names.join(', ')}`, show(kind), remedy);
}

/** Neither null nor a list. */
export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

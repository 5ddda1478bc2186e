import { refuse } from './errors';

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
  { kind, ...options }: { kind: string },
): T {
  if (!Object.hasOwn(kinds, kind)) {
    const remedy = `Choose one of these, or give a ${where} of your own.`;
    refuse(where, `kind to be one of ${Object.keys(kinds).join(', ')}`, JSON.stringify(kind), remedy);
  }
  // The factory checks them.
  return kinds[kind]!(options as never);
}

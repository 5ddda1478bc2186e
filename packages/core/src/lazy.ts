/** A function that remembers its last argument and result, for work that two neighbours share. */
export function lastOf<T, R>(make: (t: T) => R): (t: T) => R {
  let last: { t: T; result: R } | undefined;
  return (t) => {
    if (last?.t !== t) last = { t, result: make(t) };
    return last.result;
  };
}

/** A value that is computed when it is first asked for, once. */
export function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

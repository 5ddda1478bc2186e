/** The element of the page with this id, which must be of this kind. */
export function byId<T extends HTMLElement>(id: string, Kind: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof Kind) return found;
  throw new TypeError(`The page has no ${Kind.name} with the id "${id}".`);
}

/** Writes into the element with this id. */
export function write(id: string, text: string): void {
  byId(id, HTMLElement).textContent = text;
}

/** Calls f with the last values that came while it was busy with an earlier one. */
export function latest<Values extends unknown[]>(
  f: (...values: Values) => Promise<void>,
): (...values: Values) => void {
  let busy = false;
  let waiting: Values | undefined;
  const run = async (values: Values) => {
    busy = true;
    await f(...values);
    busy = false;
    const next = waiting;
    waiting = undefined;
    if (next) await run(next);
  };
  return (...values) => {
    if (busy) waiting = values;
    else void run(values);
  };
}

/** The numbers that an evaluation draws, for a second one to draw again: tfjs takes the seed of what has none from Math.random. */
export interface Draws {
  first<T>(f: () => T): T;
  again<T>(f: () => T): T;
}

export function draws(): Draws {
  const drawn: number[] = [];
  return {
    first: (f) =>
      drawing((own) => {
        const value = own();
        drawn.push(value);
        return value;
      }, f),
    again(f) {
      let at = 0;
      return drawing((own) => drawn[at++] ?? own(), f);
    },
  };
}

/** Runs f with another Math.random. */
function drawing<T>(draw: (own: () => number) => number, f: () => T): T {
  const own = Math.random;
  Math.random = () => draw(own);
  try {
    return f();
  } finally {
    Math.random = own;
  }
}

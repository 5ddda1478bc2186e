/** What a message must tell the person who reads it. */
export interface Complaint {
  /** The layer, bijection or function that noticed. */
  where: string;
  expected: string;
  came: string;
  /** What to do about it. */
  remedy: string;
}

/** Bad input, said once and in full: where, what was expected, what came, what to do. The parts stay on the error. */
export class InvertibleError extends Error implements Complaint {
  readonly where: string;
  readonly expected: string;
  readonly came: string;
  readonly remedy: string;

  constructor({ where, expected, came, remedy }: Complaint) {
    super(`${where}: expected ${expected}, got ${came}. ${remedy}`);
    this.name = 'InvertibleError';
    this.where = where;
    this.expected = expected;
    this.came = came;
    this.remedy = remedy;
  }
}

/** A shape as people write it: [4, 8, 8, 3]. */
export const show = (shape: readonly (number | null)[]): string =>
  `[${shape.map((n) => n ?? '?').join(', ')}]`;

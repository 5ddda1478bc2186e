/** The four parts of a message. */
export interface Complaint {
  /** The layer, bijection or function that refuses. */
  where: string;
  expected: string;
  got: string;
  /** What to do about it. */
  remedy: string;
}

/** Bad input, reported once and in full: where, expected, got, remedy. The parts stay on the error. */
export class InvertibleError extends Error implements Complaint {
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  readonly remedy: string;

  constructor({ where, expected, got, remedy }: Complaint) {
    super(`${where}: expected ${expected}, got ${got}. ${remedy}`);
    this.name = 'InvertibleError';
    this.where = where;
    this.expected = expected;
    this.got = got;
    this.remedy = remedy;
  }
}

/** Throws an {@link InvertibleError}. Text for `got` stands as it is, any other value is shown. */
export function refuse(where: string, expected: string, got: unknown, remedy: string): never {
  throw new InvertibleError({ where, expected, got: typeof got === 'string' ? got : show(got), remedy });
}

/** Who has warned already, and what was said in this turn of the event loop: networks have many layers of a kind. */
const warned = new WeakSet<object>();
const said = new Set<string>();

/** A warning, at most once from each object, and once where many say the same at a time. */
export function warn(by: object, text: string): void {
  if (warned.has(by)) return;
  warned.add(by);
  if (said.has(text)) return;
  if (said.size === 0) queueMicrotask(() => said.clear());
  said.add(text);
  console.warn(text);
}

/** A value as people write it: [4, 8, 8, 3], {"kind":"lu"}, "lu", none. Unknown sizes of a shape are question marks. */
export function show(value: unknown): string {
  if (value === undefined) return 'none';
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return `[${value.map((item) => (item === null ? '?' : show(item))).join(', ')}]`;
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'string' ? JSON.stringify(value) : String(value);
  }
  if ('shape' in value && 'dtype' in value) return `a ${value.dtype} tensor of shape ${show(value.shape)}`;
  const text = JSON.stringify(value, (_, v) => (typeof v === 'function' ? 'a function' : v)) ?? 'an object';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

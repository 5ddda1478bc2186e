import { distance } from 'fastest-levenshtein';
import { refuse, show } from './errors';

/** What an option must be. */
export interface Rule {
  /** As in "clamp to be a number above 0". */
  expected: string;
  holds(value: unknown): boolean;
  /** Default: to leave it out for its default. */
  remedy?: string;
  /** There is no default. Default false. */
  required?: boolean;
}

/** A rule for every option of a kind, so that none is forgotten. */
export type Rules<Options extends object> = { readonly [Name in keyof Required<Options>]: Rule };

/** Refuses options of unknown names, with the nearest known one, and senseless values. undefined counts as left out. */
export function checkOptions<Options extends object>(
  where: string,
  options: Options,
  rules: Rules<Options>,
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    refuse(where, 'an object of options', options, `As in ${where}({ … }).`);
  }
  const given = new Map<string, unknown>(Object.entries(options));
  for (const name of given.keys()) if (!Object.hasOwn(rules, name)) refuseName(where, name, rules);
  for (const [name, rule] of Object.entries<Rule>(rules)) {
    const value = given.get(name);
    if (value !== undefined || rule.required) checkValue(where, name, value, rule);
  }
}

/** Refuses one value that breaks a rule. */
export function checkValue(where: string, name: string, value: unknown, rule: Rule): void {
  if (rule.holds(value)) return;
  const remedy = rule.remedy ?? (rule.required ? `Give ${name}.` : `Leave ${name} out for its default.`);
  refuse(where, `${name} to be ${rule.expected}`, show(value), remedy);
}

/** Options without those that are undefined, so that defaults further in are not hidden. */
export const defined = <T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

/** A call with options as an author writes it; an object with a name prints itself. */
export function printed(factory: string, options: object = {}): string {
  const print = (value: object) => ('name' in Object(value) ? String(value) : show(value));
  const given = Object.entries(defined(options)).map(([name, value]) => `${name}: ${print(value)}`);
  return `${factory}(${given.length > 0 ? `{ ${given.join(', ')} }` : ''})`;
}

function refuseName(where: string, name: string, rules: object): never {
  const known = Object.keys(rules);
  const near = nearest(name, known);
  const expected = known.length > 0 ? `only the options ${known.join(', ')}` : 'no options';
  refuse(where, expected, JSON.stringify(name), near ? `Did you mean ${near}?` : 'Leave it out.');
}

/** The name that is a few letters away, if there is one. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const far = (other: string) => distance(name.toLowerCase(), other.toLowerCase());
  const [best] = [...known].sort((a, b) => far(a) - far(b));
  return best !== undefined && far(best) <= Math.max(2, best.length / 3) ? best : undefined;
}

/** The largest numbers that options can sensibly count, so that a slip of the pen does not eat the memory. */
const most = 2 ** 20;

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** A whole number from `least`. */
export const whole = (least = 1, largest = most): Rule => ({
  expected: `a whole number from ${least}${largest < most ? ` to ${largest}` : ''}`,
  holds: (value) => Number.isInteger(value) && isNumber(value) && value >= least && value <= largest,
});

/** A rule for an option that has no default. */
export const required = (rule: Rule): Rule => ({ ...rule, required: true });

/** A seed. */
export const seed: Rule = {
  expected: 'a whole number',
  holds: (value) => Number.isSafeInteger(value),
  remedy: 'Such as 0 or 42.',
};

/** The size of a kernel, which has a pixel in the middle. */
export const odd: Rule = {
  expected: 'an odd whole number',
  holds: (value) => isNumber(value) && value > 0 && value % 2 === 1 && value < 1000,
  remedy: 'Use 1, 3, 5, ….',
};

/** A number between two that it may not be. */
export const between = (low: number, high: number, remedy?: string): Rule => ({
  expected: `a number between ${low} and ${high}`,
  holds: (value) => isNumber(value) && value > low && value < high,
  ...(remedy !== undefined && { remedy }),
});

/** A number above another; float32 holds no larger one than 1e30 with room to compute. */
export const above = (low: number, remedy?: string): Rule => ({
  ...between(low, 1e30, remedy),
  expected: `a number above ${low}`,
});

/** A number from a range that includes its ends. */
export const within = (low: number, high: number, remedy?: string): Rule => ({
  expected: `a number from ${low} to ${high}`,
  holds: (value) => isNumber(value) && value >= low && value <= high,
  ...(remedy !== undefined && { remedy }),
});

export const finite: Rule = within(-1e30, 1e30, 'float32 holds no other.');

export const flag: Rule = { expected: 'true or false', holds: (value) => typeof value === 'boolean' };

export const text: Rule = { expected: 'text', holds: (value) => typeof value === 'string' };

export const oneOf = (...names: readonly (string | number)[]): Rule => ({
  expected: `one of ${names.join(', ')}`,
  holds: (value) => names.some((name) => name === value),
});

/** A list of things that each keep a rule, `least` of them or more. */
export const listOf = (rule: Rule, least = 0, largest = most): Rule => ({
  expected: `a list${least > 0 ? ` of at least ${least}` : ''}, each ${rule.expected}`,
  holds: (value) =>
    Array.isArray(value) && value.length >= least && value.length <= largest && value.every(rule.holds),
});

export const either = (...rules: readonly Rule[]): Rule => ({
  expected: rules.map(({ expected }) => expected).join(', or '),
  holds: (value) => rules.some(({ holds }) => holds(value)),
});

/** An order of channels. */
export const listedOrder: Rule = {
  expected: 'a list that holds each of 0 … n−1 once',
  holds: (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    new Set(value).size === value.length &&
    value.every((_, i) => value.includes(i)),
};

/** The shape of one sample, the batch left out. */
export const sampleShape: Rule = {
  expected: 'the shape of one sample, […0 to 3 spatial axes, channels]',
  holds: listOf(whole(1, 2 ** 31), 1, 4).holds,
  remedy: 'As in [28, 28, 1], without the batch.',
};

/** A shape of any rank that tfjs has. */
export const anyShape: Rule = {
  expected: 'a shape of whole sizes from 1',
  holds: listOf(whole(1, 2 ** 31), 0, 6).holds,
  remedy: 'As in [28, 28, 1].',
};

/** An object with functions of these names. */
export const having = (...names: readonly string[]): Rule => ({
  expected: `an object with functions ${names.join(', ')}`,
  holds: (value) =>
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function'),
});

export const callable: Rule = { expected: 'a function', holds: (value) => typeof value === 'function' };

export const tensor: Rule = { ...having('data', 'dispose'), expected: 'a tensor' };

export const weightsByName: Rule = {
  expected: 'weights by name',
  holds: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  remedy: 'Make them by createWeights.',
};

/** Options of another kind. What is wrong in them is refused by that kind, when it is made. */
export const optionsOf = (kind: string): Rule => ({
  expected: `an object of the options of ${kind}`,
  holds: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
});

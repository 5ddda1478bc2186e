import type { Random } from './random';

/** Values that nobody expects. */
const hostile: readonly unknown[] = [
  ...[
    null,
    true,
    '',
    'x',
    [],
    {},
    -1,
    0,
    0.5,
    1,
    2,
    3,
    7,
    64,
    1000,
    1e4,
    1e5,
    1e6,
    2 ** 22,
    2 ** 30,
    2 ** 31,
  ],
  ...[
    1e12,
    1e30,
    1e300,
    -1e300,
    2 ** 53,
    '__proto__',
    'constructor',
    'toString',
    '𝕏',
    [[]],
    [null],
    [1e6, 1e6],
  ],
];

type Container = Record<string, unknown> | unknown[];
const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** A place in a tree: something inside of something. */
interface Place {
  inside: Container;
  key: string;
  value: unknown;
}

/** Every place of a tree, where the names above it match. */
function placesOf(tree: unknown, under: RegExp): Place[] {
  const places: Place[] = [];
  const walk = (inside: unknown, path: string) => {
    if (!isContainer(inside)) return;
    for (const [key, value] of Object.entries(inside)) {
      const here = `${path}/${key}`;
      if (under.test(here)) places.push({ inside, key, value });
      walk(value, here);
    }
  };
  walk(tree, '');
  return places;
}

const set = ({ inside, key }: Place, value: unknown) => {
  // A tree of JSON, whose names are those of arrays too.
  (inside as Record<string, unknown>)[key] = value;
};

function drop({ inside, key }: Place): void {
  if (Array.isArray(inside)) inside.splice(Number(key), 1);
  else delete inside[key];
}

/** A letter of a text exchanged, left out or doubled. */
function misspelt(text: string, random: Random): string {
  const at = random.whole(text.length);
  const letter = String.fromCharCode(97 + random.whole(26));
  return text.slice(0, at) + random.pick([letter, '', `${letter}${letter}`]) + text.slice(at + 1);
}

/** What a value may become. */
function changed(value: unknown, random: Random): unknown {
  if (typeof value === 'string' && random.whole(2)) return misspelt(value, random);
  if (typeof value === 'number' && random.whole(2))
    return random.pick([value + 1, value - 1, -value, value * 2, value * 1000, value / 2]);
  if (typeof value === 'boolean' && random.whole(2)) return !value;
  if (Array.isArray(value) && value.length > 0 && random.whole(2)) {
    const i = random.whole(value.length);
    return random.pick([[...value].reverse(), value.slice(1), [...value, value[i]], [...value, ...value]]);
  }
  return random.pick(hostile);
}

/** Changes one thing in a tree of JSON. */
export function mutateTree(tree: unknown, random: Random, under = /./): void {
  const places = placesOf(tree, under);
  const place = random.pick(places);
  if (!place) return;
  const { value } = place;
  const kind = random.whole(8);
  if (kind === 0) drop(place);
  else if (kind === 1) {
    const other = random.pick(places);
    set(place, other.value);
    set(other, value);
  } else if (kind === 2 && !Array.isArray(place.inside)) {
    drop(place);
    set({ ...place, key: misspelt(place.key, random) }, value);
  } else set(place, changed(value, random));
}

/** Makes a number of a tree large, a count or a size mostly. */
export function inflate(tree: unknown, random: Random): void {
  const numbers = placesOf(tree, /./).filter(({ value }) => typeof value === 'number');
  const place = random.pick(numbers);
  if (place) set(place, random.pick([10, 100, 1000, 5000, 1e4, 1e5, 1e6, 2 ** 24, 2 ** 30, 1e12]));
}

/** Where layers say from whom they take their inputs, what they are called, and where a model begins and ends. */
export const links = /(inbound_nodes|input_layers|output_layers)\/|\/(name|layers\/\d+)$/;

/** Changes, cuts, doubles or exchanges bytes. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const [a, b] = [random.whole(bytes.length + 1), random.whole(bytes.length + 1)].sort((x, y) => x - y) as [
    number,
    number,
  ];
  const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
  const [start, middle, end] = [bytes.subarray(0, a), bytes.subarray(a, b), bytes.subarray(b)];
  switch (random.whole(6)) {
    case 0:
      return join(start);
    case 1:
      return join(start, end);
    case 2:
      return join(start, middle.subarray(0, 64), middle, end);
    case 3:
      return join(end, middle, start);
    default: {
      const whole = join(bytes);
      for (let n = random.whole(4); n >= 0 && whole.length > 0; n--)
        whole[random.whole(whole.length)]! ^= 1 + random.whole(255);
      return whole;
    }
  }
}

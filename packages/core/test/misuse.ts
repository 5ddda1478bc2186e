import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

export type Named = Record<string, unknown>;

/** Arguments are by name: a record is an object of options, whose names are checked too. */
export interface Call {
  arguments: () => Named;
  /** What is called with the arguments, in their order, and what of the result is looked at. */
  run(...given: never[]): unknown;
  /** It calls one function, which leaves nothing where it refuses. */
  single?: true;
}

export const senseless = [
  NaN,
  Infinity,
  -1,
  0,
  0.5,
  1e300,
  2 ** 40,
  '',
  'x',
  {},
  [],
  [NaN],
  ['x'],
  null,
  true,
  () => 0,
];
/** In the place of a tensor. */
export const badTensors = () => {
  const disposed = tf.ones([3, 2]);
  disposed.dispose();
  return [
    disposed,
    tf.scalar(1),
    tf.ones([5]),
    tf.ones([2, 3, 1, 1, 1, 2]),
    tf.zeros([0, 2]),
    tf.fill([3, 2], 'one'),
    tf.complex([[1, 2]], [[1, 2]]),
  ];
};

/** The numbers of a result, whatever it is. */
function numbers(result: unknown): number[] {
  if (result instanceof tf.Tensor) return Array.from(result.dataSync());
  if (Array.isArray(result)) return result.flatMap(numbers);
  return typeof result === 'number' ? [result] : [];
}

/** A call that takes longer than this hangs, milliseconds. */
const patience = 20_000;
let asked = 0;

/** How a call ends: in a sentence, with numbers, or in one of the ways that are faults. */
export async function outcome({ run, single }: Call, given: Named): Promise<string> {
  asked++;
  const before = tf.memory().numTensors;
  const begun = performance.now();
  try {
    // The types are those that the test breaks.
    const result = await run(...(Object.values(given) as never[]));
    const finite = numbers(result).every(Number.isFinite);
    tf.dispose(result as tf.TensorContainer);
    if (performance.now() - begun > patience) return 'a hang';
    return finite ? 'numbers' : 'NaN or an infinity, silently';
  } catch (error) {
    if (!(error instanceof core.InvertibleError)) return `raw: ${error}`;
    const left = tf.memory().numTensors - before;
    if (single && left > 0) return `refused, and ${left} tensors left: ${error.message}`;
    return /undefined|\[object/.test(error.message) ? `unclear: ${error.message}` : 'refused';
  }
}

/** Options, not a tensor, a bijection or weights. */
const isOptions = (name: string, value: unknown): value is Named =>
  ['options', 'draw', 'net', 'direction'].includes(name) && typeof value === 'object' && value !== null;

/** Every argument and every option in turn with a senseless value in its place. */
function* broken(given: Named): Generator<[label: string, given: Named]> {
  for (const [name, value] of Object.entries(given)) {
    const bad = value instanceof tf.Tensor ? [...senseless, ...badTensors()] : senseless;
    for (const other of bad)
      yield [`${name}: ${core.rules.printed('', { other })}`, { ...given, [name]: other }];
    if (!isOptions(name, value)) continue;
    for (const [option, good] of Object.entries(value)) {
      const all = good instanceof tf.Tensor ? [...senseless, ...badTensors()] : senseless;
      for (const other of all) {
        const label = `${name}.${option}: ${core.rules.printed('', { other })}`;
        yield [label, { ...given, [name]: { ...value, [option]: other } }];
      }
      const { [option]: _, ...rest } = value;
      yield [`${name} without ${option}`, { ...given, [name]: rest }];
    }
  }
}

/** Asks all of a table, and that there are so many calls in it. */
export function askAll(calls: Record<string, Call>, least: number): void {
  describe.each(Object.entries(calls))('%s', (_, call) => {
    test('works as it is', async () => {
      expect(await outcome(call, call.arguments())).toBe('numbers');
    });

    test('senseless arguments and options are refused, or do no harm', async () => {
      const faults: string[] = [];
      for (const [label, given] of broken(call.arguments())) {
        const end = await outcome(call, given);
        if (!['refused', 'numbers'].includes(end)) faults.push(`${label} → ${end}`);
      }
      expect(faults).toEqual([]);
    });

    test('misspelt options are refused', async () => {
      const given = call.arguments();
      const taken: string[] = [];
      for (const [argument, value] of Object.entries(given)) {
        if (!isOptions(argument, value)) continue;
        for (const [option, good] of Object.entries(value)) {
          const misspelt = { ...value, [`${option}${option.at(-1)}`]: good };
          if ((await outcome(call, { ...given, [argument]: misspelt })) !== 'refused') taken.push(option);
        }
      }
      expect(taken).toEqual([]);
    });
  });

  test('it asks often enough', () => {
    expect(asked).toBeGreaterThan(least);
  });
}

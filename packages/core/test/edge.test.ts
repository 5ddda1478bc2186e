import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { senseless } from './misuse';
import { turned } from './turned';

/** Every kind of bijection that core has, by name. */
const kinds = Object.entries(core).flatMap(([name, f]) =>
  typeof f === 'function' && 'metadata' in f
    ? [[name, f as core.Factory<Record<string, unknown>>] as const]
    : [],
);

interface Usual {
  options?: Record<string, unknown>;
  shape?: readonly number[];
  condition?: readonly number[];
}

/** What a kind needs to work; the others take an image of four channels and no options. */
const usual: Record<string, Usual> = {
  conditionalAffine: { condition: [2, 3] },
  conditionalSpline: { condition: [2, 3] },
  conditionalGlow: { options: { shape: [4, 4, 4], hidden: 3, steps: 1 }, condition: [2, 4, 4, 1] },
  flatten: { options: { from: [4, 4, 4] } },
  glow: { options: { shape: [4, 4, 4], hidden: 3, steps: 1 } },
  irim: { options: { operator: turned, image: 2, iterations: 2, hidden: 3 }, condition: [2, 4, 4, 2] },
  logit: { shape: [2, 4] },
  multiscaleConditionalHint: { options: { shape: [4, 4, 2], hidden: 3, steps: 1 } },
  multiscaleHint: { options: { shape: [4, 4, 4], hidden: 3, steps: 1 } },
  pad: { options: { size: [4, 4], multiple: 3 } },
  reshape: { options: { from: [4, 4, 4], to: [64] } },
};

const made = ([name, factory]: (typeof kinds)[number]) => {
  const { options = {}, shape = [2, 4, 4, 4], condition } = usual[name] ?? {};
  const bijection = factory(options);
  const w = core.createWeights(bijection, shape, { seed: 1, ...(condition && { condition }) });
  return { name, factory, options, shape, bijection, w, x: inside(shape), c: condition && inside(condition) };
};
type Made = ReturnType<typeof made>;

/** Numbers within (0, 1), where every kind is defined. */
const inside = (shape: readonly number[]) => tf.randomUniform([...shape], 0.1, 0.9, 'float32', 3);

/** How a call ends: with a sentence, with numbers, or in one of the ways that are faults. */
function outcome(call: () => readonly tf.Tensor[]): string {
  try {
    const results = tf.tidy(() => call().map((t) => Array.from(t.dataSync())));
    return results.flat().every(Number.isFinite) ? 'numbers' : 'NaN or an infinity, silently';
  } catch (error) {
    if (!(error instanceof core.InvertibleError)) return `raw: ${error}`;
    return /undefined|NaN channels|\[object/.test(error.message) ? `unclear: ${error.message}` : 'refused';
  }
}

const forward = ({ bijection, x, w, c }: Pick<Made, 'bijection' | 'x' | 'w' | 'c'>) => {
  const { y, logDet } = bijection.forward(x, w, c);
  return [y, logDet];
};

beforeAll(() => tf.setBackend('cpu'));

describe.each(kinds)('%s', (...kind) => {
  let at: Made;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    at = made(kind);
  });
  const refused = (change: Partial<Made>) =>
    expect(outcome(() => forward({ ...at, ...change }))).toBe('refused');

  test('works as it is, and prints itself', () => {
    expect(outcome(() => forward(at))).toBe('numbers');
    expect(String(at.bijection)).toMatch(new RegExp(`^${at.name}\\(`));
  });

  test('shapes that do not fit are refused', () => {
    refused({ x: tf.ones([2]) });
    refused({ x: tf.ones([1, 1, 1, 1, 1, 4]) });
    refused({ x: tf.zeros([0, ...at.shape.slice(1)]) });
    refused({ x: null as never });
    refused({ x: at.x.arraySync() as never });
    expect(() => at.bijection.weights([2])).toThrow(core.InvertibleError);
    expect(() => at.bijection.outputShape([2, 0])).toThrow(core.InvertibleError);
  });

  test('weights that do not fit are refused', () => {
    refused({ w: null as never });
    for (const [name, t] of Object.entries(at.w)) {
      const { [name]: _, ...others } = at.w;
      refused({ w: others });
      refused({ w: { ...at.w, [name]: tf.ones([...t.shape, 2]) } });
      refused({ w: { ...at.w, [name]: tf.zeros(t.shape, 'int32') } });
    }
    // Of another number of channels.
    const wider = [...at.shape.slice(0, -1), 2 * at.shape.at(-1)!];
    if (Object.keys(at.w).length > 0) refused({ x: inside(wider) });
  });

  test('conditions that do not fit are refused', () => {
    const ignored = outcome(() => forward({ ...at, c: inside([2, 7]) })) === 'numbers';
    refused({ c: inside([3, ...(at.c?.shape.slice(1) ?? [3])]) });
    if (at.c) refused({ c: undefined as never });
    if (at.c && !ignored) refused({ c: inside([2, 3, 3, 3]) });
  });

  test('cotangents, tangents and text that do not fit are refused; integers are numbers', () => {
    const { bijection, x, w, c, shape } = at;
    const { y, logDet } = bijection.forward(x, w, c);
    const wrong = tf.ones([...y.shape, 1].slice(0, 6));
    const calls = [
      () => bijection.pullback(y, wrong, logDet, w, c),
      () => bijection.pullback(y, y, tf.ones([5]), w, c),
      () => bijection.pushforward(x, tf.ones([shape[0]!]), w, w, c),
      () => bijection.inversePullback(x, tf.ones([shape[0]!]), logDet, w, c),
      () => bijection.forward(tf.fill([...shape], 'one'), w, c),
    ];
    for (const call of calls) expect(call).toThrow(core.InvertibleError);
    const whole = tf.ones([...shape], 'int32');
    const both = [whole, tf.cast(whole, 'float32')].map((t) => {
      try {
        return Array.from(bijection.forward(t, w, c).y.dataSync());
      } catch (error) {
        return String(error);
      }
    });
    expect(both[0]).toEqual(both[1]);
  });

  test('misspelt options are refused with the right name', () => {
    const { factory, options } = at;
    const known = Object.keys(factory.metadata.options ?? {});
    for (const option of known) {
      const misspelt = `${option[0]}${option}`;
      expect(known).not.toContain(misspelt);
      expect(() => factory({ ...options, [misspelt]: 1 })).toThrow(`"${misspelt}". Did you mean ${option}?`);
    }
    expect(() => factory({ sense: 1 })).toThrow(/expected (only the options|no options).*"sense"/);
    for (const none of [null, 3, 'x', []]) expect(() => factory(none as never)).toThrow(core.InvertibleError);
  });

  test('senseless options are refused, or do no harm', () => {
    const { factory, options, shape, condition } = { ...at, condition: at.c?.shape };
    const faults: string[] = [];
    for (const option of Object.keys(factory.metadata.options ?? {})) {
      for (const value of [...senseless, { kind: 'x' }, { forward: 1 }]) {
        const end = outcome(() => {
          const bijection = factory({ ...options, [option]: value });
          const w = core.createWeights(bijection, shape, { ...(condition && { condition }) });
          return forward({ ...at, bijection, w });
        });
        if (!['refused', 'numbers'].includes(end)) faults.push(`${option}: ${String(value)} → ${end}`);
      }
    }
    expect(faults).toEqual([]);
  });
});

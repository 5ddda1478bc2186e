import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvertibleError } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { reload } from './helpers';

const golden = new Uint8Array(readFileSync(join(__dirname, 'golden.safetensors')));
const values = (t: tf.Tensor) => Array.from(t.dataSync());
/** The header and the numbers of a file. */
function split(bytes: Uint8Array): { header: { __metadata__: Record<string, string> }; numbers: Uint8Array } {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  return { header, numbers: bytes.subarray(8 + length) };
}
/** A file of a header as text and so many bytes. */
const file = (header: string, bytes = 0, length = BigInt(new TextEncoder().encode(header).length)) => {
  const text = new TextEncoder().encode(header);
  const whole = new Uint8Array(8 + text.length + bytes);
  new DataView(whole.buffer).setBigUint64(0, length, true);
  whole.set(text, 8);
  return whole;
};
/** A file of one whole number of 64 bits. */
const wide = (header: string, n: number) => {
  const whole = file(header, 8);
  new DataView(whole.buffer).setBigInt64(whole.length - 8, BigInt(n), true);
  return whole;
};
/** A file of one list of numbers, from its bytes. */
const listed = (dtype: string, count: number, bytes: ArrayBuffer) => {
  const header = JSON.stringify({ t: { dtype, shape: [count], data_offsets: [0, bytes.byteLength] } });
  const whole = file(header, bytes.byteLength);
  whole.set(new Uint8Array(bytes), whole.length - bytes.byteLength);
  return whole;
};

beforeAll(async () => {
  await tf.setBackend('cpu');
});
/** Files without a digest are reported. */
let warnings: jest.SpyInstance;
beforeEach(() => {
  warnings = jest.spyOn(console, 'warn').mockImplementation();
});
afterEach(() => warnings.mockRestore());

test('a file of the Python package is read, and written again byte by byte', async () => {
  const { weights, metadata } = inn.fromSafetensors(golden);
  expect(metadata).toEqual({ 'made by': 'safetensors for Python' });
  expect(Object.fromEntries(Object.entries(weights).map(([name, t]) => [name, t.shape]))).toEqual({
    'flow/net/kernel': [2, 3, 2],
    'flow/bias': [4],
    'base/scale of ä': [],
    none: [0, 3],
  });
  const kernel = Array.from({ length: 12 }, (_, i) => Math.fround(Math.fround(i - 5) / Math.fround(7)));
  expect(values(weights['flow/net/kernel']!)).toEqual(kernel);
  expect(values(weights['flow/bias']!)).toEqual([1.5, -0, Math.fround(3.4028235e38), 2 ** -149]);
  expect(values(weights['base/scale of ä']!)).toEqual([Math.fround(0.1)]);
  // Ours is the same with a digest in the metadata.
  const written = await inn.toSafetensors(weights, metadata);
  const { header, numbers } = split(written);
  const { 'invertible.sha256': digest, ...rest } = header.__metadata__;
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect({ ...header, __metadata__: rest }).toEqual(split(golden).header);
  expect(Buffer.compare(numbers, split(golden).numbers)).toBe(0);
  expect(inn.fromSafetensors(written).metadata).toEqual(metadata);
  tf.dispose(weights);
});

test('a flow’s weights go out and into another; what does not fit is refused and leaves it as it was', async () => {
  const make = (hidden: number, seed: number) =>
    inn.flow({
      bijection: inn.affineCoupling({ hidden }),
      shape: [4],
      base: { kind: 'mixtureOfNormals', components: 2 },
      seed,
    });
  const [from, to] = [make(8, 1), make(8, 2)];
  from.model.setWeights(from.model.getWeights().map((w, i) => tf.randomNormal(w.shape, 0, 1, 'float32', i)));
  const x = tf.randomNormal([5, 4], 0, 1, 'float32', 3);
  const read = () => Object.values(to.weights()).flatMap(values);
  const before = read();
  const { weights } = inn.fromSafetensors(await inn.toSafetensors(from.weights()));
  const [name, first] = Object.entries(weights)[0]!;
  const { [name]: _, ...fewer } = weights;
  const wrong: [object, RegExp][] = [
    [fewer, new RegExp(`a weight "${name}", got none`)],
    [{ ...weights, more: first }, /"more" too/],
    [{ ...weights, [name]: tf.zeros([7, 7]) }, /got float32 \[7, 7\]/],
    [{ ...weights, [name]: tf.zeros(first.shape, 'int32') }, /got int32/],
    [make(4, 1).weights(), /expected/],
  ];
  const tensors = tf.memory().numTensors;
  for (const [bad, message] of wrong) {
    expect(() => inn.setWeights(to, bad as typeof weights)).toThrow(InvertibleError);
    expect(() => inn.setWeights(to, bad as typeof weights)).toThrow(message);
  }
  expect(read()).toEqual(before);
  inn.setWeights(to, weights);
  expect(tf.memory().numTensors).toBe(tensors);
  tf.dispose(weights);
  expect(values(to.logProb(x))).toEqual(values(from.logProb(x)));
});

test('a part of the weights is set, under other names, and the others stay', () => {
  const flow = inn.flow({ bijection: inn.affineCoupling({ hidden: 8 }), shape: [4] });
  const before = Object.fromEntries(Object.entries(flow.weights()).map(([name, t]) => [name, values(t)]));
  const given = { 'coupling.b1': tf.fill([8], 3) };
  const rename = (name: string) => name.replace('coupling.', 'flow/');
  expect(() => inn.setWeights(flow, given, { rename })).toThrow(/got none/);
  expect(() => inn.setWeights(flow, given, { partial: true })).toThrow(/"coupling.b1" too/);
  inn.setWeights(flow, given, { partial: true, rename });
  const after = Object.fromEntries(Object.entries(flow.weights()).map(([name, t]) => [name, values(t)]));
  expect(after).toEqual({ ...before, 'flow/b1': Array(8).fill(3) });
  expect(() => inn.setWeights(flow, { a: tf.zeros([1]), b: tf.zeros([1]) }, { rename: () => 'c' })).toThrow(
    /the same for two/,
  );
});

test('weights that were set are not set up again by the first batch', async () => {
  const make = () => inn.flow({ bijection: inn.actNorm(), shape: [2] });
  const saved = new inn.Flow(await reload(make().model));
  const weights = Object.fromEntries(
    Object.entries(saved.weights()).map(([name, w]) => [name, tf.fill(w.shape, 0.25)]),
  );
  inn.setWeights(saved, weights);
  tf.tidy(() => void saved.model.apply(tf.randomNormal([8, 2], 5, 3), { training: true }));
  for (const w of Object.values(saved.weights())) expect(new Set(values(w))).toEqual(new Set([0.25]));
});

describe('a damaged file is refused, and leaves no tensor:', () => {
  const refused = (bytes: Uint8Array) => {
    const before = tf.memory().numTensors;
    expect(() => inn.fromSafetensors(bytes)).toThrow(InvertibleError);
    expect(tf.memory().numTensors).toBe(before);
  };
  test('cut at any byte', () => {
    for (let n = 0; n < golden.length; n++) refused(golden.subarray(0, n));
  });
  test('longer than it says', () => refused(Uint8Array.from([...golden, 0])));

  const entry = (over: object) => ({ dtype: 'F32', shape: [1], data_offsets: [0, 4], ...over });
  const one = (over: object) => JSON.stringify({ w: entry(over) });
  test.each<[string, Uint8Array]>([
    ['a length beyond the file', file('{}', 0, 2n ** 63n)],
    ['no JSON', file('{"w":')],
    ['no object', file('[]')],
    ['bytes that are not UTF-8', Uint8Array.from([2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe])],
    ['an unknown dtype', file(one({ dtype: 'F4', data_offsets: [0, 2] }), 2)],
    ['a whole number beyond int32', wide(one({ dtype: 'I64', data_offsets: [0, 8] }), 2 ** 31)],
    ['a huge shape', file(one({ shape: [2 ** 40, 2 ** 40] }), 4)],
    ['a large shape', file(one({ shape: [2 ** 30], data_offsets: [0, 2 ** 32] }), 4)],
    ['a negative shape', file(one({ shape: [-1, -1] }), 4)],
    ['a fractional shape', file(one({ shape: [0.5, 2] }), 4)],
    ['a shape of text', file(one({ shape: ['1'] }), 4)],
    ['no shape', file(one({ shape: null }), 4)],
    ['negative offsets', file(one({ data_offsets: [-4, 0] }), 4)],
    ['offsets as text', file(one({ data_offsets: ['0', 4] }), 4)],
    ['overlap', file(JSON.stringify({ a: entry({}), b: entry({}) }), 4)],
    ['a gap', file(JSON.stringify({ a: entry({}), b: entry({ data_offsets: [8, 12] }) }), 12)],
    ['a name twice', file(`{"w":${JSON.stringify(entry({}))},"\\u0077":${JSON.stringify(entry({}))}}`, 4)],
    ['a name of the prototype', file(`{"__proto__":${JSON.stringify(entry({}))}}`, 4)],
    ['metadata of numbers', file('{"__metadata__":{"a":1}}')],
    ['nesting without end', file(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)],
    ['nesting of lists', file('['.repeat(1_000_000) + ']'.repeat(1_000_000))],
  ])('%s', (_, bytes) => {
    refused(bytes);
    expect(({} as Record<string, unknown>).dtype).toBeUndefined();
  });

  test('any change of a byte is refused or read as what it says', () => {
    fc.assert(
      fc.property(fc.nat(golden.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = golden.slice();
        changed[at]! ^= change;
        try {
          const { weights } = inn.fromSafetensors(changed);
          expect(Object.values(weights).reduce((n, { size }) => n + size, 0)).toBe(17);
          tf.dispose(weights);
        } catch (error) {
          expect(error).toBeInstanceOf(InvertibleError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

test('what safetensors of ours cannot hold is refused in writing', async () => {
  await expect(inn.toSafetensors({ w: tf.zeros([2], 'int32') })).rejects.toThrow(/float32, got "w" of int32/);
  await expect(inn.toSafetensors({ __metadata__: tf.zeros([2]) })).rejects.toThrow(InvertibleError);
});

test('any Uint8Array is read: a Buffer of a pool, a view at any offset, shared memory; nothing else', async () => {
  const bytes = await inn.toSafetensors({ w: tf.tensor1d([1, 2, 3]) });
  const pooled = Buffer.from(bytes);
  expect(pooled.buffer.byteLength).toBeGreaterThan(bytes.length);
  const odd = new Uint8Array(bytes.length + 3).subarray(3);
  odd.set(bytes);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  for (const given of [bytes, pooled, odd, shared])
    expect(values(inn.fromSafetensors(given).weights.w!)).toEqual([1, 2, 3]);
  for (const wrong of [bytes.buffer, new Float32Array(4), 'x', null])
    expect(() => inn.fromSafetensors(wrong as never)).toThrow(/expected a Uint8Array, got .*new Uint8Array/);
});

test('what was changed since it was written is refused; a file without a digest is read, and reported', async () => {
  const bytes = await inn.toSafetensors({ a: tf.ones([2]), b: tf.zeros([2]) }, { of: 'me' });
  inn.fromSafetensors(bytes);
  expect(warnings).not.toHaveBeenCalled();
  const text = Buffer.from(bytes).toString('latin1');
  const said = (from: string, to: string) => Buffer.from(text.replace(from, to), 'latin1');
  const number = bytes.slice();
  number[number.length - 1]! ^= 1;
  for (const changed of [number, said('"me"', '"us"'), said('"a":{', '"c":{')])
    expect(() => inn.fromSafetensors(changed)).toThrow(InvertibleError);
  expect(() => inn.fromSafetensors(number)).toThrow(/their SHA-256 is another/);
  inn.fromSafetensors(golden);
  expect(warnings.mock.calls).toEqual([[expect.stringMatching(/carries no digest/)]]);
});

const NaNs = Number.NaN;
test.each<[string, string, number[], ArrayBufferView<ArrayBuffer>]>([
  ['F64', 'float32', [0.1, -1e-300], new Float64Array([0.1, -1e-300])],
  ['F16', 'float32', [1, -2, 65504, 2 ** -24, 2 ** -14], new Uint16Array([0x3c00, 0xc000, 0x7bff, 1, 0x400])],
  ['F16', 'float32', [Number.POSITIVE_INFINITY, NaNs], new Uint16Array([0x7c00, 0x7e00])],
  ['BF16', 'float32', [1, -3.140625, 2 ** -133], new Uint16Array([0x3f80, 0xc049, 1])],
  ['F8_E5M2', 'float32', [1, -57344, 2 ** -16, NaNs], new Uint8Array([0x3c, 0xfb, 1, 0x7f])],
  ['F8_E4M3', 'float32', [1, -448, 2 ** -9, NaNs], new Uint8Array([0x38, 0xfe, 1, 0x7f])],
  ['I64', 'int32', [-(2 ** 31), 7], new BigInt64Array([-(2n ** 31n), 7n])],
  ['I32', 'int32', [-5, 7], new Int32Array([-5, 7])],
  ['I16', 'int32', [-5, 7], new Int16Array([-5, 7])],
  ['I8', 'int32', [-5, 7], new Int8Array([-5, 7])],
  ['U64', 'int32', [7], new BigUint64Array([7n])],
  ['U32', 'int32', [7], new Uint32Array([7])],
  ['U16', 'int32', [65535], new Uint16Array([65535])],
  ['U8', 'int32', [255], new Uint8Array([255])],
  ['BOOL', 'bool', [1, 0], new Uint8Array([1, 0])],
])('numbers of type %s come as %s', (type, dtype, expected, { buffer }) => {
  const { weights } = inn.fromSafetensors(listed(type, expected.length, buffer), { allowNonFinite: true });
  expect(weights.t?.dtype).toBe(dtype);
  expect(values(weights.t!)).toEqual(expected.map(Math.fround));
});

import { checkOptions, refuse, rules, type Weights } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { canonical, digestNow } from './digest';
import { allFiniteIn, refuseNonFinite, type Strictness } from './finite-weights';
import { brief, isObject, parseJson } from './json';
import { numbersOf, numberType } from './number-types';
import { refuseFile } from './refuse-file';
import { warnUnsealed } from './seal';
import { elements, mostWeights } from './weight-specs';

const where = 'safetensors';
const metadataKey = '__metadata__';
/** In the metadata: the SHA-256 of all the rest. */
const digestKey = 'invertible.sha256';
const lengthBytes = 8;
const bytesPerNumber = 4;

/**
 * Weights as a safetensors file, which PyTorch, JAX and others read:
 *
 *     8 bytes: n, little endian    n bytes: JSON {name: {dtype, shape, data_offsets}}    the numbers, one tensor after the other
 *
 * Only float32; names in their order, so that equal weights are equal bytes. The metadata carry a SHA-256 of all the rest, which
 * `fromSafetensors` checks. https://github.com/huggingface/safetensors
 */
export async function toSafetensors(
  weights: Weights,
  metadata: Record<string, string> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const names = Object.keys(weights).sort();
  const entries: Entry[] = [];
  let size = 0;
  for (const name of names) {
    const { dtype, shape, size: count } = weights[name]!;
    if (dtype !== 'float32' || name === metadataKey) {
      refuse(where, 'weights of float32', `"${name}" of ${dtype}`, 'Cast it, or leave it out.');
    }
    entries.push({ name, shape, begin: size, end: size + count * bytesPerNumber });
    size += count * bytesPerNumber;
  }
  // All are asked for at once, before a step of training can change one.
  const values = await Promise.all(names.map((name) => weights[name]!.data<'float32'>()));
  const data = new Uint8Array(size);
  for (const [i, { buffer, byteOffset, byteLength }] of values.entries())
    data.set(new Uint8Array(buffer, byteOffset, byteLength), entries[i]!.begin);
  return file(entries, { ...metadata, [digestKey]: digestOf(metadata, entries, data) }, data);
}

function file(entries: Entry[], metadata: Texts, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const header = Object.fromEntries([
    [metadataKey, metadata],
    ...entries.map(({ name, shape, begin, end }) => [
      name,
      { dtype: 'F32', shape, data_offsets: [begin, end] },
    ]),
  ]);
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Padded with spaces, so that the numbers are aligned.
  const length = Math.ceil(json.length / lengthBytes) * lengthBytes;
  const bytes = new Uint8Array(lengthBytes + length + data.length);
  bytes.fill(0x20, lengthBytes, lengthBytes + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, lengthBytes);
  bytes.set(data, lengthBytes + length);
  return bytes;
}

type Texts = Record<string, string>;

/** The digest of a file without its own, whatever order its names are in. */
function digestOf(
  { [digestKey]: _, ...metadata }: Texts,
  entries: readonly Entry[],
  data: Uint8Array,
): string {
  const sorted = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
  return digestNow(canonical([metadata, sorted, digestNow(data)]));
}

interface Entry {
  name: string;
  shape: number[];
  begin: number;
  end: number;
  /** Of the numbers, where it is not F32. */
  dtype?: string;
}

/**
 * Reads what {@link toSafetensors} or another library wrote, from any Uint8Array, such as the Buffer of fs.readFileSync. Floats of any
 * size come as float32, whole numbers as int32, truth values as bool. The caller disposes the weights. What toSafetensors wrote is refused when it was changed; a file without a digest is read with a warning.
 * Weights that are NaN or infinite are refused, with their names, unless `allowNonFinite` asks for them.
 */
export function fromSafetensors(
  bytes: Uint8Array,
  options: Strictness = {},
): { weights: Weights; metadata: Texts } {
  checkOptions('fromSafetensors', options, { allowNonFinite: rules.flag });
  const { header, data } = parts(bytes);
  const { [metadataKey]: metadata = {}, ...tensors } = header;
  if (!isTexts(metadata)) return refuseFile(where, 'metadata of strings', brief(metadata));
  const names = Object.keys(tensors);
  if (names.length > mostWeights) refuseFile(where, `at most ${mostWeights} tensors`, `${names.length}`);
  const entries = names.map((name) => read(name, tensors[name]));
  checkCover(entries, data.length);
  const { [digestKey]: digest, ...rest } = metadata;
  if (digest !== undefined && digest !== digestOf(rest, entries, data))
    refuseFile(where, 'weights as they were written', 'changed ones: their SHA-256 is another');
  const kinds = entries.map(({ name, dtype = 'F32' }) => numberType(where, name, dtype));
  const values = entries.map(({ name, begin, end }, i) =>
    numbersOf(where, name, kinds[i]!, data.subarray(begin, end)),
  );
  if (!options.allowNonFinite)
    refuseNonFinite(
      where,
      names.filter((_, i) => !allFiniteIn(values[i]!)),
    );
  if (digest === undefined) warnUnsealed(where, 'toSafetensors writes one.');
  const weights = tf.tidy(() =>
    Object.fromEntries(
      entries.map(({ name, shape }, i) => [name, tf.tensor(values[i]!, shape, kinds[i]!.dtype)]),
    ),
  );
  return { weights, metadata: rest };
}

/** The header and the numbers. The latter are a plain Uint8Array, whose `slice` copies: that of a Buffer does not. */
function parts(bytes: Uint8Array): { header: Record<string, unknown>; data: Uint8Array<ArrayBufferLike> } {
  if (!ArrayBuffer.isView(bytes) || bytes.BYTES_PER_ELEMENT !== 1)
    refuse(where, 'a Uint8Array', brief(bytes), 'Make one: new Uint8Array(await response.arrayBuffer()).');
  if (bytes.byteLength < lengthBytes) refuseFile(where, 'a header', `${bytes.byteLength} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const rest = new Uint8Array(bytes.buffer, bytes.byteOffset + lengthBytes, bytes.byteLength - lengthBytes);
  if (length > rest.length) refuseFile(where, `a header of ${length} bytes`, `${rest.length}`);
  const header = parseJson(where, rest.slice(0, length));
  if (!isObject(header)) return refuseFile(where, 'an object as header', brief(header));
  return { header, data: rest.subarray(length) };
}

function read(name: string, entry: unknown): Entry {
  if (!isObject(entry)) return refuseFile(where, `an object for tensor "${name}"`, brief(entry));
  const { shape, dtype, data_offsets: offsets } = entry;
  const bytes = elements(shape) * numberType(where, name, dtype).bytes;
  if (Number.isNaN(bytes)) refuseFile(where, `a shape of tensor "${name}"`, brief(shape));
  const [begin, end]: unknown[] = Array.isArray(offsets) && offsets.length === 2 ? offsets : [];
  if (typeof begin !== 'number' || !Number.isSafeInteger(begin) || end !== begin + bytes)
    return refuseFile(where, `offsets of tensor "${name}" that are ${bytes} apart`, brief(offsets));
  const at = { name, shape: shape as number[], begin, end: begin + bytes };
  return dtype === 'F32' ? at : { ...at, dtype: String(dtype) };
}

const isTexts = (value: unknown): value is Texts =>
  isObject(value) && Object.values(value).every((text) => typeof text === 'string');

/** Refuses tensors that overlap, leave a gap, or are not all there. */
function checkCover(entries: Entry[], bytes: number): void {
  let at = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) refuseFile(where, `tensor "${name}" from byte ${at}`, `${begin}`);
    at = end;
  }
  if (at !== bytes) refuseFile(where, `${at} bytes of numbers`, `${bytes}`);
}

import { refuse, type Weights } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { isObject, parseJson } from './json';
import { refuseFile } from './refuse-file';
import { elements } from './weight-specs';

const where = 'safetensors';
const metadataKey = '__metadata__';
const lengthBytes = 8;
const bytesPerNumber = 4;

/**
 * Weights as a safetensors file, which PyTorch, JAX and others read:
 *
 *     8 bytes: n, little endian    n bytes: JSON {name: {dtype, shape, data_offsets}}    the numbers, one tensor after the other
 *
 * Only float32; names in their order, so that equal weights are equal bytes. https://github.com/huggingface/safetensors
 */
export async function toSafetensors(
  weights: Weights,
  metadata: Record<string, string> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const names = Object.keys(weights).sort();
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { [metadataKey]: metadata } : {};
  let end = 0;
  for (const name of names) {
    const { dtype, shape, size } = weights[name]!;
    if (dtype !== 'float32' || name === metadataKey) {
      refuse(where, 'weights of float32', `"${name}" of ${dtype}`, 'Cast it, or leave it out.');
    }
    const begin = end;
    end += size * bytesPerNumber;
    header[name] = { dtype: 'F32', shape, data_offsets: [begin, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Padded with spaces, so that the numbers are aligned.
  const length = Math.ceil(json.length / lengthBytes) * lengthBytes;
  const bytes = new Uint8Array(lengthBytes + length + end).fill(0x20, lengthBytes, lengthBytes + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, lengthBytes);
  let at = lengthBytes + length;
  for (const name of names) {
    const values = await weights[name]!.data<'float32'>();
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

interface Entry {
  name: string;
  shape: number[];
  begin: number;
  end: number;
}

/** Reads what {@link toSafetensors} or another library wrote. The caller disposes the weights. */
export function fromSafetensors(bytes: Uint8Array): { weights: Weights; metadata: Record<string, string> } {
  if (bytes.length < lengthBytes) refuseFile(where, 'a header', `${bytes.length} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const data = bytes.subarray(lengthBytes).subarray(length);
  if (length > bytes.length - lengthBytes)
    refuseFile(where, `a header of ${length} bytes`, `${bytes.length - lengthBytes}`);
  const header = parseJson(where, bytes.subarray(lengthBytes, lengthBytes + length));
  if (!isObject(header)) return refuseFile(where, 'an object as header', JSON.stringify(header));
  const { [metadataKey]: metadata = {}, ...tensors } = header;
  if (!isTexts(metadata)) return refuseFile(where, 'metadata of strings', JSON.stringify(metadata));
  const entries = Object.entries(tensors).map(([name, entry]) => read(name, entry));
  checkCover(entries, data.length);
  const weights = tf.tidy(() =>
    Object.fromEntries(
      entries.map(({ name, shape, begin, end }) => [
        name,
        tf.tensor(new Float32Array(data.slice(begin, end).buffer), shape, 'float32'),
      ]),
    ),
  );
  return { weights, metadata };
}

function read(name: string, entry: unknown): Entry {
  if (!isObject(entry) || entry.dtype !== 'F32')
    return refuseFile(
      where,
      `tensor "${name}" of F32`,
      JSON.stringify(isObject(entry) ? entry.dtype : entry),
    );
  const { shape, data_offsets: offsets } = entry;
  const bytes = elements(shape) * bytesPerNumber;
  if (Number.isNaN(bytes)) refuseFile(where, `a shape of tensor "${name}"`, JSON.stringify(shape));
  const [begin, end]: unknown[] = Array.isArray(offsets) && offsets.length === 2 ? offsets : [];
  if (typeof begin !== 'number' || !Number.isSafeInteger(begin) || end !== begin + bytes)
    return refuseFile(where, `offsets of tensor "${name}" that are ${bytes} apart`, JSON.stringify(offsets));
  return { name, shape: shape as number[], begin, end: begin + bytes };
}

const isTexts = (value: unknown): value is Record<string, string> =>
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

import { refuseFile } from './refuse-file';

/** A type of numbers in a file, and what it becomes here. */
interface NumberType {
  /** Of one number. */
  bytes: number;
  dtype: 'float32' | 'int32' | 'bool';
  /** The numbers of a buffer that begins with the first. */
  read(buffer: ArrayBuffer): ArrayLike<number | bigint>;
}

/** A float of few bits: sign, exponent, fraction. Where there are infinities, the highest exponent is theirs; else NaN is all ones. */
function small(exponent: number, fraction: number, infinities: boolean) {
  const bias = 2 ** (exponent - 1) - 1;
  const highest = 2 ** exponent - 1;
  return (bits: number): number => {
    const sign = bits >> (exponent + fraction) === 0 ? 1 : -1;
    const e = (bits >> fraction) & highest;
    const f = bits & (2 ** fraction - 1);
    if (e === highest && infinities) return f === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    if (e === highest && f === 2 ** fraction - 1) return Number.NaN;
    return (
      sign * (e === 0 ? f * 2 ** (1 - bias - fraction) : (f + 2 ** fraction) * 2 ** (e - bias - fraction))
    );
  };
}

const float = (bytes: number, read: NumberType['read']): NumberType => ({ bytes, dtype: 'float32', read });
const int = (bytes: number, read: NumberType['read']): NumberType => ({ bytes, dtype: 'int32', read });
const halves = (decode: (bits: number) => number) =>
  float(2, (buffer) => Float32Array.from(new Uint16Array(buffer), decode));
const quarters = (decode: (bits: number) => number) =>
  float(1, (buffer) => Float32Array.from(new Uint8Array(buffer), decode));

/** Every type of safetensors that is a number of whole bytes. */
const types: Record<string, NumberType> = {
  F64: float(8, (buffer) => new Float64Array(buffer)),
  F32: float(4, (buffer) => new Float32Array(buffer)),
  F16: halves(small(5, 10, true)),
  BF16: halves(small(8, 7, true)),
  F8_E5M2: quarters(small(5, 2, true)),
  F8_E4M3: quarters(small(4, 3, false)),
  I64: int(8, (buffer) => new BigInt64Array(buffer)),
  I32: int(4, (buffer) => new Int32Array(buffer)),
  I16: int(2, (buffer) => new Int16Array(buffer)),
  I8: int(1, (buffer) => new Int8Array(buffer)),
  U64: int(8, (buffer) => new BigUint64Array(buffer)),
  U32: int(4, (buffer) => new Uint32Array(buffer)),
  U16: int(2, (buffer) => new Uint16Array(buffer)),
  U8: int(1, (buffer) => new Uint8Array(buffer)),
  BOOL: { bytes: 1, dtype: 'bool', read: (buffer) => new Uint8Array(buffer) },
};

/** A type by its name in the header of a tensor; unknown ones are refused. */
export function numberType(where: string, name: string, type: unknown): NumberType {
  const known = typeof type === 'string' && Object.hasOwn(types, type) ? types[type] : undefined;
  return known ?? refuseFile(where, `tensor "${name}" of ${Object.keys(types).join(', ')}`, String(type));
}

/** The numbers as tfjs holds them: floats as float32, whole numbers as int32, which those of 64 bits must fit into. */
export function numbersOf(
  where: string,
  name: string,
  { dtype, read }: NumberType,
  bytes: Uint8Array,
): Float32Array | Int32Array | Uint8Array {
  // A copy: what a file holds may begin anywhere.
  const numbers = read(bytes.slice().buffer);
  if (numbers instanceof Float32Array || numbers instanceof Int32Array) return numbers;
  const all = Array.from(numbers, Number);
  if (dtype === 'float32') return Float32Array.from(all);
  if (dtype === 'bool') return Uint8Array.from(all, (n) => Number(n !== 0));
  const beyond = all.find((n) => n !== (n | 0));
  if (beyond !== undefined) refuseFile(where, `whole numbers of tensor "${name}" within int32`, `${beyond}`);
  return Int32Array.from(all);
}

import { bytes } from './bytes';

/** What the kernels in simd/ are called with. Places and strides are in bytes. */
export interface Simd {
  correlate(
    x: number,
    w: number,
    y: number,
    width: number,
    channels: number,
    outputs: number,
    depths: number,
    heights: number,
    taps: number,
    plane: number,
    row: number,
  ): void;
  correlateFilter(
    x: number,
    dy: number,
    dw: number,
    rows: number,
    width: number,
    channels: number,
    outputs: number,
    depths: number,
    heights: number,
    taps: number,
    plane: number,
    row: number,
  ): void;
  copyRows(from: number, to: number, rows: number, length: number, stepFrom: number, stepTo: number): void;
}

/** Where a wasm backend has its memory: threads hand it round, without them it is an export. */
interface Owner {
  wasm?: { wasmMemory?: unknown; asm?: { memory?: unknown } };
}

const known = new WeakMap<object, Simd | undefined>();

/** The kernels in the memory of a wasm backend; undefined where it does not show its memory, or there is no SIMD. */
export function simdOf(backend: object): Simd | undefined {
  if (!known.has(backend)) known.set(backend, instantiate(backend));
  return known.get(backend);
}

function instantiate(backend: Owner): Simd | undefined {
  const memory = backend.wasm?.wasmMemory ?? backend.wasm?.asm?.memory;
  if (!(memory instanceof WebAssembly.Memory)) return undefined;
  const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const letters = atob(bytes[shared ? 'shared' : 'plain']) + atob(bytes.rest);
  const code = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  if (!WebAssembly.validate(code)) return undefined;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
  // WebAssembly knows the names of what it exports, but not their types.
  return exports as unknown as Simd;
}

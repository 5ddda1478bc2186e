import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';

/** Numbers, bit for bit. */
export interface Bits {
  shape: number[];
  data: ArrayBuffer;
}

/** A model, or its weights alone, as it was saved, and the numbers that it gave. */
export interface Golden {
  name: string;
  kind: 'model' | 'flow' | 'checkpoint' | 'weights' | 'folder';
  /** JSON with ArrayBuffers: the artifacts that a handler got, or files by name. */
  saved: object;
  inputs: Record<string, Bits>;
  numbers: Record<string, Bits>;
}

/** Writes JSON, compressed, with the bytes of every ArrayBuffer in base64. */
export function writeArchive(path: string, entries: readonly Golden[]): void {
  const replace = (_: string, value: unknown) =>
    value instanceof ArrayBuffer ? { base64: Buffer.from(value).toString('base64') } : value;
  writeFileSync(path, gzipSync(JSON.stringify(entries, replace), { level: 9 }));
}

/** Reads a file of {@link writeArchive}. */
export function readArchive(path: string): Golden[] {
  const revive = (_: string, value: { base64?: string } | null) =>
    value?.base64 === undefined ? value : new Uint8Array(Buffer.from(value.base64, 'base64')).buffer;
  return JSON.parse(gunzipSync(readFileSync(path)).toString(), revive);
}

import { sha256 } from '@noble/hashes/sha2';

/** The SHA-256 of some bytes, as hexadecimal digits, at once and anywhere: WebCrypto answers later, and on https:// and localhost only. */
export const digestNow = (bytes: Uint8Array): string => hexadecimal(sha256(bytes));

/** The same, by WebCrypto where there is one, which is several times as fast. */
export async function digest(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<string> {
  const { subtle } = globalThis.crypto ?? {};
  if (!subtle) return digestNow(new Uint8Array(bytes));
  return hexadecimal(new Uint8Array(await subtle.digest('SHA-256', bytes)));
}

/** What a digest of JSON is taken over: the same for the same data, whatever order a place keeps the names of an object in. */
export const canonical = (json: unknown): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(
    JSON.stringify(json, (_, value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    ),
  );

const hexadecimal = (hash: Uint8Array): string =>
  Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');

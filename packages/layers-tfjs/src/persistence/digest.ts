import { refuse } from '@invertible/core';

/** The SHA-256 of some bytes, as hexadecimal digits. */
export async function digest(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<string> {
  const { subtle } = globalThis.crypto ?? {};
  if (!subtle) {
    refuse('digest', 'WebCrypto', 'a page without it', 'Browsers have it on https:// and localhost only.');
  }
  const hash = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

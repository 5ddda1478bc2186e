import { refuseFile } from './refuse-file';

/** Limits that no honest file comes near. */
const largest = 2 ** 26;
const deepest = 200;
/** Keys that would reach the prototype of an object when they are copied into it. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/** JSON from a file that nobody vouches for. */
export function parseJson(where: string, bytes: Uint8Array): unknown {
  if (bytes.byteLength > largest)
    refuseFile(where, `at most ${largest} bytes of JSON`, `${bytes.byteLength} bytes`);
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    return refuseFile(where, 'JSON', 'something else');
  }
  checkJson(where, value);
  checkKeys(where, text);
  return value;
}

/** Refuses what is nested too deep for those who walk it by recursion, what touches prototypes, and what JSON has no word for. */
export function checkJson(where: string, value: unknown): void {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) refuseFile(where, `at most ${deepest} levels of JSON`, 'more');
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item === 'number' && !Number.isFinite(item))
        refuseFile(where, 'finite numbers', String(item));
      if (['function', 'bigint', 'symbol'].includes(typeof item))
        refuseFile(where, 'JSON', `a ${typeof item}`);
      if (typeof item !== 'object' || item === null) continue;
      for (const [key, inside] of Object.entries(item)) {
        if (forbidden.has(key)) refuseFile(where, 'names that are safe', `"${key}"`);
        next.push(inside);
      }
    }
    level = next;
  }
}

/** Refuses an object that has a key twice, of which JSON.parse would keep the last. The text is valid JSON. */
function checkKeys(where: string, text: string): void {
  const open: Set<string>[] = [];
  for (const [token, string, colon] of text.matchAll(/("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon) {
      const key = JSON.parse(string!) as string;
      const keys = open.at(-1)!;
      if (keys.has(key)) refuseFile(where, 'each name once', `"${key}" twice`);
      keys.add(key);
    }
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

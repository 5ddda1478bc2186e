import { refuseFile } from './refuse-file';
import { deepest, most, scanJson } from './scan-json';

/** Limit that no honest file comes near. */
export const largestJson = 2 ** 26;
/** Keys that would reach the prototype of an object when they are copied into it. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/** Refuses JSON that is too large to be read. */
export function checkJsonSize(where: string, bytes: number): void {
  if (bytes > largestJson) refuseFile(where, `at most ${largestJson} bytes of JSON`, `${bytes} bytes`);
}

/** JSON from a file that nobody vouches for. */
export function parseJson(where: string, bytes: Uint8Array): unknown {
  checkJsonSize(where, bytes.byteLength);
  const json = readAs(where, () => new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  scanJson(where, json);
  const value: unknown = readAs(where, () => JSON.parse(json));
  checkJson(where, value);
  return value;
}

function readAs<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch {
    return refuseFile(where, 'JSON', 'something else');
  }
}

/**
 * Refuses what is too large or nested too deep for those who walk it by recursion, what touches prototypes, and what JSON has no
 * word for.
 */
export function checkJson(where: string, value: unknown): void {
  let level = [value];
  let count = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) refuseFile(where, `at most ${deepest} levels of JSON`, 'more');
    count += level.length;
    const next: unknown[] = [];
    for (const item of level) {
      checkItem(where, item);
      if (typeof item !== 'object' || item === null) continue;
      const left = most - count - next.length;
      if (Array.isArray(item) && item.length > left) refuseMore(where);
      const entries = Object.entries(item);
      if (entries.length > left) refuseMore(where);
      for (const [key, inside] of entries) {
        if (forbidden.has(key)) refuseFile(where, 'names that are safe', `"${key}"`);
        next.push(inside);
      }
    }
    level = next;
  }
}

const refuseMore = (where: string): never => refuseFile(where, `at most ${most} values of JSON`, 'more');

function checkItem(where: string, item: unknown): void {
  if (typeof item === 'number' && !Number.isFinite(item)) refuseFile(where, 'finite numbers', String(item));
  if (['function', 'bigint', 'symbol'].includes(typeof item)) refuseFile(where, 'JSON', `a ${typeof item}`);
  if (ArrayBuffer.isView(item)) refuseFile(where, 'JSON', 'a typed array');
}

/** What was found in a file, short enough for a message. */
export function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'none';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/** A copy by way of JSON: what is changed later does not show in it. */
export const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value));

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

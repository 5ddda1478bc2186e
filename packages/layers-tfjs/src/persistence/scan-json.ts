import { refuseFile } from './refuse-file';

/** Limits that no honest file comes near. */
export const deepest = 200;
export const most = 2 ** 20;

const [quote, backslash, colon, comma] = [0x22, 0x5c, 0x3a, 0x2c];
const [brace, bracket, braceEnd, bracketEnd] = [0x7b, 0x5b, 0x7d, 0x5d];
const isSpace = (byte: number | undefined) =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** The names of the objects that are open at a place, an array having none. */
type Names = Set<string> | undefined;

/**
 * Reads JSON byte by byte, before anything is made of it: refuses what is nested too deep, holds too many values, or has an object
 * with a name twice, of which JSON.parse would keep the last. Whether it is JSON at all, JSON.parse decides.
 */
export function scanJson(where: string, bytes: Uint8Array): void {
  const open: Names[] = [];
  let count = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === quote) {
      const end = endOfText(bytes, i);
      if (isName(bytes, end)) addName(where, open.at(-1), bytes.subarray(i, end + 1));
      i = end;
    } else if (byte === brace || byte === bracket) {
      if (open.length === deepest) refuseFile(where, `at most ${deepest} levels of JSON`, 'more');
      open.push(byte === brace ? new Set() : undefined);
      count++;
    } else if (byte === braceEnd || byte === bracketEnd) open.pop();
    else if (byte === comma) count++;
    if (count > most) refuseFile(where, `at most ${most} values of JSON`, 'more');
  }
}

/** Where the text ends that begins at a quote. */
function endOfText(bytes: Uint8Array, start: number): number {
  let i = start + 1;
  while (i < bytes.length && bytes[i] !== quote) i += bytes[i] === backslash ? 2 : 1;
  return i;
}

/** Whether a text that ends there is the name of what comes after it. */
function isName(bytes: Uint8Array, end: number): boolean {
  let i = end + 1;
  while (isSpace(bytes[i])) i++;
  return bytes[i] === colon;
}

function addName(where: string, names: Names, text: Uint8Array): void {
  const name = readText(text);
  if (name === undefined || !names) refuseFile(where, 'JSON', 'something else');
  else if (names.has(name)) refuseFile(where, 'each name once', `"${name}" twice`);
  else names.add(name);
}

function readText(text: Uint8Array): string | undefined {
  try {
    return String(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text)));
  } catch {
    return undefined;
  }
}

import { refuseFile } from './refuse-file';

/** Limits that no honest file comes near. */
export const deepest = 200;
export const most = 2 ** 20;
const mostNames = 2 ** 17;

/** The names of an object that is open at a place; an array has none. */
type Names = Set<string> | undefined;

/**
 * Reads JSON letter by letter, before anything is made of it: refuses what is nested too deep, holds too many values, or has an
 * object with a name twice, of which JSON.parse would keep the last. Whether it is JSON at all, JSON.parse decides.
 */
export function scanJson(where: string, json: string): void {
  const open: Names[] = [];
  let count = 0;
  for (let i = 0; i < json.length; i++) {
    const letter = json[i];
    if (letter === '"') {
      const end = endOfText(json, i);
      if (isName(json, end)) addName(where, open.at(-1), json.slice(i, end + 1));
      i = end;
    } else if (letter === '{' || letter === '[') {
      if (open.length === deepest) refuseFile(where, `at most ${deepest} levels of JSON`, 'more');
      open.push(letter === '{' ? new Set() : undefined);
      count++;
    } else if (letter === '}' || letter === ']') open.pop();
    else if (letter === ',') count++;
    if (count > most) refuseFile(where, `at most ${most} values of JSON`, 'more');
  }
}

/** Where the text ends that begins at a quote. */
function endOfText(json: string, start: number): number {
  let i = start + 1;
  while (i < json.length && json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
  return i;
}

/** Whether a text that ends there is the name of what comes after it. */
function isName(json: string, end: number): boolean {
  let i = end + 1;
  while (json[i] === ' ' || json[i] === '\n' || json[i] === '\r' || json[i] === '\t') i++;
  return json[i] === ':';
}

function addName(where: string, names: Names, text: string): void {
  const name = text.includes('\\') ? readText(text) : text.slice(1, -1);
  if (name === undefined || !names) refuseFile(where, 'JSON', 'something else');
  else if (names.has(name)) refuseFile(where, 'each name once', `"${name}" twice`);
  else if (names.add(name).size > mostNames)
    refuseFile(where, `at most ${mostNames} names in an object`, 'more');
}

function readText(text: string): string | undefined {
  try {
    return String(JSON.parse(text));
  } catch {
    return undefined;
  }
}

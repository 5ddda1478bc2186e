import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(__dirname, '../../..');
const read = (file: string) => readFileSync(resolve(root, file), 'utf8');
const under = (folder: string, extension: string) =>
  readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(extension))
    .map((file) => `${folder}/${file}`);

/** A block of code by its page and number. */
export type Example = [name: string, code: string];

const blocksOf = (file: string): Example[] =>
  [...read(file).matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ''], i) => [`${file}, ${i + 1}`, code]);

/** What `npm run docs:pages` writes is made of docblocks, whose examples are run where they stand. */
const isWritten = (page: string) =>
  /^docs\/(api|layers|networks|conditioners)\//.test(page) && !/^docs\/(layers|networks)\/index/.test(page);

/** Every page that people write: the READMEs and the site. */
export const pages = [
  'README.md',
  'packages/core/README.md',
  'packages/layers-tfjs/README.md',
  ...under('docs', '.md').filter((page) => !page.includes('/.vitepress/') && !isWritten(page)),
];

/** The blocks of these pages, each a program. */
export const programs = pages.flatMap(blocksOf);

/** The examples of the docblocks, which have `core`, `inn`, `tf` and `tfl` without importing them. */
export const docblocks = ['packages/core/src', 'packages/layers-tfjs/src']
  .flatMap((folder) => under(folder, '.ts'))
  .flatMap(blocksOf)
  .map(([name, code]): Example => [name, code.replaceAll(/^ \* ?/gm, '')]);

/** A program for CommonJS, or for a function with a `require` of its own. */
export const required = (code: string): string =>
  code
    .replaceAll(/^import \* as (\w+) from ('[^']+');.*$/gm, 'const $1 = require($2);')
    .replaceAll(/^import (\{[^}]+\}) from ('[^']+');.*$/gm, 'const $1 = require($2);')
    .replaceAll(/^import ('[^']+');.*$/gm, 'require($1);');

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Page, pages } from './factories';
import { facts } from './layers-table';

/** Writes a page of the site for each factory, from the docblocks of core. Their folders hold nothing else but an index. */
const root = fileURLToPath(new URL('../../../', import.meta.url));
const docs = join(root, 'docs');

/** A docblock as a page: formulas in fences, and outside of code entities for what Vue or HTML would read as its own. */
const plain = (text: string) =>
  text
    .split('\n\n')
    .map((block) =>
      block.startsWith('    ')
        ? `\`\`\`text\n${block.replaceAll(/^ {4}/gm, '')}\n\`\`\``
        : block.replaceAll(/`[^`]*`|[<{]/g, escaped),
    )
    .join('\n\n');
const escaped = (found: string) => ({ '<': '&lt;', '{': '&#123;' })[found] ?? found;

const first = (text: string) => text.split(/\n\n|(?<=[^.]\.)\s/)[0] ?? '';

function page({ name, group, text, options, example }: Page): string {
  const about = group === 'layers' ? facts(name) : undefined;
  const summary = about ? `\n${about}\n` : '';
  return `---
description: ${JSON.stringify(first(text))}
---

# ${name}

${plain(text)}
${summary}
## Options

${plain(options)}

## Example

With \`tf\` for \`@tensorflow/tfjs-core\`, \`tfl\` for \`@tensorflow/tfjs-layers\`, \`inn\` and \`core\` for our packages:

\`\`\`ts
${example}
\`\`\`
`;
}

for (const group of ['layers', 'networks', 'conditioners']) {
  const folder = join(docs, group);
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(folder)) if (file !== 'index.md') rmSync(join(folder, file));
}
for (const one of pages(root)) writeFileSync(join(docs, one.group, `${one.name}.md`), page(one));

import { readFileSync, writeFileSync } from 'node:fs';

/** Gives what is unreleased in the changelog, and the citation, the version that the packages have now. */
const at = (path) => new URL(`../${path}`, import.meta.url);
const edit = (path, pattern, by) =>
  writeFileSync(at(path), readFileSync(at(path), 'utf8').replace(pattern, by));

const { version } = JSON.parse(readFileSync(at('packages/core/package.json'), 'utf8'));
const day = new Date().toISOString().slice(0, 10);
edit('CHANGELOG.md', /^## Unreleased$/m, `## ${version} (${day})`);
edit('CITATION.cff', /^version: .*$/m, `version: ${version}`);

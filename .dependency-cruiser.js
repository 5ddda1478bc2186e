/**
 * The floors of the house, held by `npm run lint`. An import goes down, or stays on its floor; never up, and never in a
 * circle. Imports of types count.
 */

/** The folders of packages/core/src, from the top. Its files that lie in no folder are the ground. */
const floors = [
  ['testing'],
  ['networks', 'from-torch'],
  ['distributions', 'objectives', 'datasets', 'operators'],
  ['combinators'],
  ['bijections'],
  ['engines'],
  ['transformers'],
  ['conditioners'],
  ['autodiff'],
  ['matrices', 'tensors', 'kernels'],
];
const core = '^packages/core/src';
const within = (folders) => `${core}/(${folders.join('|')})/`;
// Besides those that run: what the page of the demo has in the place of all of tfjs.
const entries =
  '^packages/[^/]+/src/(index|script-tag|testing/index|kernels/threads|.*main|bench/[^/]+|demo/worker/tfjs)[.]ts$';
const ground = `${core}/[^/]+[.]ts$`;
const tapes = within(['autodiff/tapes']);
const entry = `${core}/index[.]ts$`;

const noImportRunsUp = floors.flatMap((floor, i) => {
  const above = floors.slice(0, i).flat();
  if (above.length === 0) return [];
  return {
    name: `${floor.join('-')}-import-no-floor-above`,
    severity: 'error',
    comment: `${floor.join(', ')} stand below ${above.join(', ')}.`,
    from: { path: within(floor) },
    // What tfjs records is at the level of the ground.
    to: { path: within(above), pathNot: tapes },
  };
});

export default {
  forbidden: [
    {
      name: 'no-circle',
      severity: 'error',
      comment: 'Two files that need each other are one, or a third is missing under both.',
      from: {},
      to: { circular: true },
    },
    ...noImportRunsUp,
    {
      name: 'ground-imports-no-folder',
      severity: 'error',
      comment: 'The files beside the folders are what everything stands on.',
      from: { path: ground, pathNot: entry },
      to: { path: within(floors.flat()), pathNot: tapes },
    },
    {
      name: 'tapes-import-no-folder',
      severity: 'error',
      comment: 'What tfjs records is at the level of the ground: the edge has to know it.',
      from: { path: tapes },
      to: { path: within(floors.flat()), pathNot: tapes },
    },
    {
      name: 'nobody-imports-the-entry',
      severity: 'error',
      comment:
        'index.ts lists the public names; inside a package, import the file that has them. The script tag is all of them.',
      from: { path: '^packages/([^/]+)/src/', pathNot: '/script-tag[.]ts$' },
      to: { path: '^packages/$1/src/index[.]ts$' },
    },
    {
      name: 'entry-exports-no-testing',
      severity: 'error',
      comment: 'The laws are the entry @invertible/core/testing of their own; production never loads them.',
      from: { path: entry },
      to: { path: within(['testing']) },
    },
    {
      name: 'layers-import-no-testing',
      severity: 'error',
      comment: 'Production never imports the laws.',
      from: { path: '^packages/layers-tfjs/src/' },
      to: { path: within(['testing']) },
    },
    {
      name: 'core-knows-no-layers',
      severity: 'error',
      comment: 'core is mathematics on tensors; what needs tfjs-layers belongs in packages/layers-tfjs.',
      from: { path: '^packages/core/' },
      to: {
        path: ['@tensorflow/tfjs-layers', '^@tensorflow/tfjs($|/)', '^packages/(layers-tfjs|examples)/'],
      },
    },
    {
      name: 'packages-by-their-names',
      severity: 'error',
      comment: "Another package is imported as its user does: from '@invertible/core', never by a path.",
      from: { path: '^packages/([^/]+)/src/' },
      to: {
        path: '^packages/',
        pathNot: '^packages/$1/',
        dependencyTypesNot: ['aliased-tsconfig-paths'],
      },
    },
    {
      name: 'packages-import-none-above',
      severity: 'error',
      comment: 'examples use layers-tfjs, which uses core.',
      from: { path: '^packages/layers-tfjs/src/' },
      to: { path: '^packages/examples/' },
    },
    {
      name: 'no-file-for-nobody',
      severity: 'error',
      comment: 'A file that no entry reaches is dead: delete it.',
      from: { path: entries },
      to: { path: '^packages/[^/]+/src/', pathNot: entries, reachable: false },
    },
    {
      name: 'imports-resolve',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};

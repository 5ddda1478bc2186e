/** What an app loads of the built packages, minified and gzipped, TensorFlow.js left out. `npm run size` measures it. */
const shared = {
  gzip: true,
  ignore: ['@tensorflow/*'],
  // The paths of tsconfig.json would lead to the sources; an app gets what was built.
  modifyEsbuildConfig: (config) => ({ ...config, tsconfigRaw: '{}' }),
};

export default [
  { name: 'core', path: 'packages/core/dist/index.js', limit: '102 kB' },
  { name: 'layers-tfjs, with core', path: 'packages/layers-tfjs/dist/index.js', limit: '119 kB' },
  {
    name: 'an app with three layers and a head',
    path: 'packages/layers-tfjs/dist/index.js',
    import: '{ actNorm, conv1x1, affineCoupling, gaussianLikelihood }',
    limit: '41 kB',
  },
  {
    name: 'an app with registerKernels alone',
    path: 'packages/core/dist/index.js',
    import: '{ registerKernels }',
    limit: '7 kB',
  },
].map((check) => ({ ...shared, ...check }));

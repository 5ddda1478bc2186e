/** The tests read the sources; `packages/core/test/packaging.test.ts` reads what is built and packed. */
export default {
  testMatch: ['<rootDir>/packages/*/test/**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  moduleNameMapper: {
    '^@invertible/core$': '<rootDir>/packages/core/src/index.ts',
    '^@invertible/core/threads$': '<rootDir>/packages/core/src/kernels/threads.ts',
    '^@invertible/core/testing$': '<rootDir>/packages/core/src/testing/index.ts',
    '^@invertible/layers-tfjs$': '<rootDir>/packages/layers-tfjs/src/index.ts',
  },
  setupFiles: ['<rootDir>/packages/core/test/quiet-tfjs.ts'],
  // Failures are printed in full as they come: the summary at the end needs no copy of them.
  reporters: ['<rootDir>/tools/brief-reporter.mjs', ['summary', { summaryThreshold: 100_000 }]],
  testSequencer: '<rootDir>/tools/long-first.mjs',
  maxWorkers: '100%',
  testTimeout: 120_000,
};

import { defineConfig, type UserConfig } from 'tsdown';

const shared: UserConfig = {
  entry: ['src/index.ts', 'src/testing/index.ts', 'src/kernels/threads.ts'],
  fixedExtension: false,
  clean: false,
  dts: false,
};

/** Modules stay files, so that a bundler leaves out every one that an app does not use. */
export default defineConfig([
  { ...shared, format: 'esm', unbundle: true, clean: true },
  { ...shared, format: 'cjs' },
  { ...shared, format: ['esm', 'cjs'], dts: { emitDtsOnly: true } },
]);

import { defineConfig, type UserConfig } from 'tsdown';

const shared: UserConfig = {
  entry: ['src/index.ts'],
  fixedExtension: false,
  clean: false,
  dts: false,
};

/** One script over the global `tf` of TensorFlow.js, with core inside. */
const scriptTag: UserConfig = {
  ...shared,
  entry: { invertible: 'src/script-tag.ts' },
  format: 'iife',
  platform: 'browser',
  globalName: 'invertible',
  minify: true,
  noExternal: [/^@invertible/, /^@noble/],
  inlineOnly: false,
  external: [/^@tensorflow/, /^node:/],
  outputOptions: {
    entryFileNames: 'invertible.min.js',
    globals: { '@tensorflow/tfjs-core': 'tf', '@tensorflow/tfjs-layers': 'tf' },
  },
};

/** Modules stay files, so that a bundler leaves out every one that an app does not use. */
export default defineConfig([
  { ...shared, format: 'esm', unbundle: true, clean: true },
  { ...shared, format: 'cjs' },
  { ...shared, format: ['esm', 'cjs'], dts: { emitDtsOnly: true } },
  scriptTag,
]);

import { fileURLToPath } from 'node:url';
import type { InlineConfig, Plugin } from 'vite';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** A page that is cross-origin isolated may share memory between threads. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * The wasm module hands its own source to its threads, where `_scriptDir` is not defined, which it looks after by the name; a minified
 * name is not looked after. Without its declaration nothing renames it.
 */
const threads = (): Plugin => ({
  name: 'wasm-threads',
  transform: {
    filter: { id: /tfjs-backend-wasm-threaded-simd\.js/ },
    handler: (code) => code.replace(/var _scriptDir = .*/, ''),
  },
});

/** How Vite makes the page: with relative paths, so that any folder of any host carries it. */
export const configOf = (out: string): InlineConfig => ({
  root: path('page'),
  configFile: false,
  base: './',
  logLevel: 'warn',
  resolve: { alias: [{ find: /^@tensorflow\/tfjs$/, replacement: path('worker/tfjs.ts') }] },
  worker: { format: 'es', plugins: () => [threads()] },
  build: { outDir: out, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 1000 },
  preview: { headers: isolation },
});

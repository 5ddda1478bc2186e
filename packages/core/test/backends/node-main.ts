import { check } from './check';
import type { Scope } from './plan';

/** A program that runs the plan on a backend of Node and prints the results as JSON, last. */
const [backend, scope] = process.argv.slice(2) as [string, Scope];
if (backend === 'webgpu') {
  const { create, globals } = await import('webgpu');
  // Node 20 has no navigator. The globals must be there before the backend is imported.
  if (!('navigator' in globalThis)) Object.assign(globalThis, { navigator: {} });
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis.navigator, 'gpu', { value: create([]) });
  await import('@tensorflow/tfjs-backend-webgpu');
} else {
  // Optional, so its types may be missing too.
  const tfjsNode = '@tensorflow/tfjs-node';
  await import(tfjsNode);
}
process.stdout.write(JSON.stringify(await check(backend, scope)), () => process.exit());

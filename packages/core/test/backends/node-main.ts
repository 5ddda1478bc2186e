import { check } from './check';
import type { Request } from './plan';

/** A program that runs what is asked on a backend of Node and prints the results as JSON, last. */
const [backend, request] = process.argv.slice(2) as [string, string];
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
process.stdout.write(JSON.stringify(await check(backend, JSON.parse(request) as Request)), () =>
  process.exit(),
);

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Libraries } from '../../libraries';

/** The entries of the packages of a checkout, once it is built. */
export const entries = (folder: string) => ({
  core: join(folder, 'packages/core/dist/index.js'),
  testing: join(folder, 'packages/core/dist/testing/index.js'),
  inn: join(folder, 'packages/layers-tfjs/dist/index.js'),
});

/**
 * The built packages of a checkout with the tfjs that is installed there, on a backend. Copies of tfjs in one thread share their
 * engine: load one in each.
 */
export async function checkoutAt(folder: string, backend: string): Promise<Libraries> {
  const files = entries(folder);
  const core: Libraries['core'] = await import(pathToFileURL(files.core).href);
  const testing: Libraries['testing'] = await import(pathToFileURL(files.testing).href);
  const inn: Libraries['inn'] = await import(pathToFileURL(files.inn).href);
  const load = createRequire(files.inn);
  load(backend === 'tensorflow' ? '@tensorflow/tfjs-node' : `@tensorflow/tfjs-backend-${backend}`);
  // What every checkout has, those of 0.1.0 too.
  const tf: Libraries['tf'] = { ...load('@tensorflow/tfjs-core'), ...load('@tensorflow/tfjs-layers') };
  tf.enableProdMode();
  core.registerKernels();
  await tf.setBackend(backend);
  return { tf, core, testing, inn };
}

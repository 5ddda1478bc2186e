import { registerKernels } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from '../protocol';

interface BackendOptions {
  /** wasm computes with several threads, where the page is cross-origin isolated: worth it for large tensors only. */
  threads: boolean;
}

const load: Record<BackendName, (options: BackendOptions) => Promise<unknown>> = {
  wasm: async ({ threads }) => {
    (await import('./wasm')).findWasm();
    if (!threads) tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  },
  webgpu: () => import('@tensorflow/tfjs-backend-webgpu'),
  webgl: () => import('@tensorflow/tfjs-backend-webgl'),
};

/** Loads a backend and makes it the present one. Rejects with a sentence where it does not start. */
export async function startBackend(name: BackendName, options: BackendOptions): Promise<void> {
  tf.enableProdMode();
  await load[name](options);
  registerKernels();
  const started = await tf.setBackend(name).catch(() => false);
  if (!started) throw new Error(`This browser does not start ${name}. Choose another backend.`);
}

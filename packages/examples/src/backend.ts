import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { refuse, registerKernels } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

/** Fastest first. `tensorflow` needs `@tensorflow/tfjs-node`, which is not installed by default. */
const order = ['tensorflow', 'wasm', 'cpu'];

/** Makes a backend the present one: that of this name, or the fastest there is. Returns its name. */
export async function chooseBackend(wanted?: string): Promise<string> {
  tf.enableProdMode();
  registerKernels();
  const optional = '@tensorflow/tfjs-node';
  if (wanted === undefined || wanted === 'tensorflow') await import(optional).catch(() => undefined);
  const present = order.filter((name) => tf.findBackendFactory(name) !== null);
  const name = wanted ?? present[0] ?? 'cpu';
  if (!present.includes(name) || !(await withoutListeners(() => tf.setBackend(name)))) {
    refuse(
      '--backend',
      `one of ${present.join(', ')}`,
      name,
      'Leave it out for the fastest; tensorflow needs `npm install @tensorflow/tfjs-node`.',
    );
  }
  return name;
}

/**
 * Starts a backend, and takes away the listeners for errors that it adds: that of wasm throws them again, upon which Node prints the
 * whole of its minified source.
 */
async function withoutListeners(start: () => Promise<boolean>): Promise<boolean> {
  const added: (() => void)[] = [];
  const onAdded = (event: string | symbol, listener: (...args: unknown[]) => void) => {
    if (event === 'uncaughtException' || event === 'unhandledRejection')
      added.push(() => process.off(event, listener));
  };
  process.on('newListener', onAdded);
  const started = await start();
  process.off('newListener', onAdded);
  for (const remove of added) remove();
  return started;
}

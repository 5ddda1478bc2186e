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
  const present = order.filter((name) => tf.engine().registryFactory[name] !== undefined);
  const name = wanted ?? present[0]!;
  if (!present.includes(name) || !(await tf.setBackend(name))) {
    refuse(
      '--backend',
      `one of ${present.join(', ')}`,
      name,
      'Leave it out for the fastest; tensorflow needs `npm install @tensorflow/tfjs-node`.',
    );
  }
  return name;
}

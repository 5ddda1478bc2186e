import '@tensorflow/tfjs-layers';
import { broken, coarseness, freeSample } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { type Check, plan, type Scope } from './plan';

/** How a check went: nothing in `broken` when the law holds. */
export interface Result extends Check {
  broken: string[];
}

/** What the webgpu backend has and its type does not say. */
interface Device {
  lost: Promise<{ message: string }>;
  onuncapturederror: (event: { error: { message: string } }) => void;
}

/** Runs the plan on a backend, with tiny tensors on it too, which tfjs would compute on the cpu otherwise. */
export async function check(backend: string, scope: Scope): Promise<Result[]> {
  if (!(await tf.setBackend(backend))) throw new Error(`The backend ${backend} does not start here.`);
  if (backend.startsWith('web')) tf.env().set(`${backend.toUpperCase()}_CPU_FORWARD`, false);
  // WebGPU raises no exception: a bad command is dropped, and old numbers are read.
  const faults: string[] = [];
  const { device } = tf.backend() as unknown as { device?: Device };
  if (device) {
    device.onuncapturederror = ({ error }) => faults.push(error.message);
    device.lost.then(({ message }) => faults.push(`the device was lost: ${message}`));
  }
  const coarse = await coarseness();
  const results: Result[] = [];
  for (const { name, sample, laws } of plan(scope)) {
    const at = sample();
    for (const law of laws) {
      const found = await broken(law, at, coarse).catch((error: Error) => [error.message]);
      results.push({ name, law, broken: [...found, ...faults.splice(0)] });
    }
    freeSample(at);
  }
  return results;
}

import '@tensorflow/tfjs-layers';
import { coarseness } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { nameOf } from '../zoo/case';
import { gpuFaults } from './faults';
import { casesFor, type Request } from './plan';

/** How a law of a case held on a backend: nothing in `broken` when it did. */
export interface Result {
  /** Name of the entry in the zoo. */
  of: string;
  /** Name of the case. */
  name: string;
  law: string;
  broken: string[];
}

/** Runs what is asked on a backend, with tiny tensors on it too, which tfjs would compute on the cpu otherwise. */
export async function check(backend: string, request: Request): Promise<Result[]> {
  if (!(await tf.setBackend(backend))) throw new Error(`The backend ${backend} does not start here.`);
  if (backend.startsWith('web')) tf.env().set(`${backend.toUpperCase()}_CPU_FORWARD`, false);
  const faults = gpuFaults();
  const coarse = await coarseness();
  const results: Result[] = [];
  for (const at of casesFor(backend, request)) {
    for (const law of at.laws) {
      const found = await at.broken(law, coarse).catch((error: Error) => [error.message]);
      results.push({ of: at.of, name: nameOf(at), law, broken: [...found, ...faults.splice(0)] });
    }
  }
  return results;
}

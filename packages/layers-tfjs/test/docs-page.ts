import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import * as core from '@invertible/core';
import * as testing from '@invertible/core/testing';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { gpuFaults } from '../../core/test/backends/faults';

type Example = (require: (name: string) => object, given: object) => Promise<Record<string, unknown>>;

const all = { ...tf, ...tfl };
const modules: Record<string, object> = {
  '@invertible/core': core,
  '@invertible/core/testing': testing,
  '@invertible/layers-tfjs': inn,
  '@tensorflow/tfjs': all,
  '@tensorflow/tfjs-core': tf,
  '@tensorflow/tfjs-layers': tfl,
  '@tensorflow/tfjs-backend-wasm': {},
};
/** What an example has without importing it. */
const given = { core, inn, tf, tfl, console: { log: () => {} } };

/** The tensors of a value of an example: itself, or the weights of a model. */
function tensorsOf(value: unknown): tf.Tensor[] {
  if (value instanceof tf.Tensor) return value.isDisposed ? [] : [value];
  if (value instanceof inn.Flow) return tensorsOf(value.model);
  if (value instanceof tfl.LayersModel) return value.weights.map((w) => w.read());
  return [];
}

/** Runs the examples on a backend; returns what is wrong with each: an error, numbers that are not finite, or what the GPU says. */
async function runExamples(backend: string, examples: Record<string, Example>) {
  tf.enableProdMode();
  if (!(await tf.setBackend(backend))) throw new Error(`The backend ${backend} does not start here.`);
  const faults = gpuFaults();
  const results: Record<string, { wrong: string[]; milliseconds: number }> = {};
  for (const [name, example] of Object.entries(examples)) {
    const begun = performance.now();
    const wrong: string[] = [];
    try {
      const values = await example((from) => modules[from] ?? {}, given);
      for (const [key, value] of Object.entries(values)) {
        for (const t of tensorsOf(value)) {
          const numbers: Iterable<unknown> = await t.data();
          if (![...numbers].every(Number.isFinite)) wrong.push(`${key} is not finite`);
        }
      }
    } catch (error) {
      wrong.push(String(error));
    }
    results[name] = { wrong: [...wrong, ...faults.splice(0)], milliseconds: performance.now() - begun };
  }
  return results;
}

export type RunExamples = typeof runExamples;

/** What a browser runs: `runExamples` as a global. */
Object.assign(globalThis, { runExamples });

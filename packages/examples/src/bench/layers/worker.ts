import { parentPort, workerData } from 'node:worker_threads';
import type * as tf from '@tensorflow/tfjs';
import { disposeWeights, memoryOfStep, quantile, timeOfStep } from '../../measure';
import { checkoutAt } from './checkout';
import { build, factoriesOf, inputsFor } from './kinds';

/** What the thread is asked, and what it answers. */
export interface Calls {
  /** Names of the kinds of layers of the checkout. */
  kinds(): string[];
  /** Makes the model of a kind, and returns the peak activation bytes of its step. */
  open(kind: string, sizes: { depth: number; batch: number }): Promise<number>;
  /** Milliseconds of a training step of that model; the median of several where they are short. */
  step(): Promise<number>;
  /** Frees that model. */
  close(): void;
}

/** The packages of one checkout in a thread of their own. Types alone come from this checkout's packages. */
const { folder, backend }: { folder: string; backend: string } = workerData;
const libraries = await checkoutAt(folder, backend);
const factories = factoriesOf(libraries);
let model: tf.LayersModel | undefined;
let inputs: tf.Tensor[] = [];

const calls: Calls = {
  kinds: () => [...factories.keys()],
  async open(name, { depth, batch }) {
    const make = factories.get(name);
    if (!make) throw new RangeError(`${folder} has no layer "${name}".`);
    const subject = { name, make, libraries };
    model = build(subject, depth);
    inputs = inputsFor(subject, batch);
    return (await memoryOfStep(libraries, model, inputs)).activations;
  },
  async step() {
    if (!model) throw new Error('No model is open.');
    const times: number[] = [];
    for (let sum = 0; sum < 10; sum += times.at(-1) ?? 0)
      times.push(await timeOfStep(libraries, model, inputs));
    return quantile(times, 0.5);
  },
  close() {
    if (model) disposeWeights(model);
    libraries.tf.dispose(inputs);
    model = undefined;
  },
};

parentPort?.on('message', async ([name, ...args]: [keyof Calls, ...never[]]) => {
  const call: (...args: never[]) => unknown = calls[name];
  parentPort?.postMessage(await call(...args));
});

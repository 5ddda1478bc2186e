import os from 'node:os';
import workers from 'node:worker_threads';
import { getThreadsCount, setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { refuse } from '../errors';
import { checkOptions, whole } from '../options';

export interface ThreadsOptions {
  /** Threads that compute, this one included; at most 8. Default: as many as there are cores. */
  threads?: number;
}

/** As many workers as the wasm module starts. */
const most = 8;

/**
 * Starts the wasm backend of Node with several threads, makes it the present one and returns the number of threads. tfjs switches
 * them off in Node, where its worker does not load. To be called in the place of tf.setBackend('wasm'); the process ends by itself as
 * ever. A browser needs no call: a page that is cross-origin isolated has threads.
 *
 * ```js
 * import { enableThreads } from '@invertible/core/threads';
 *
 * await enableThreads({ threads: 2 });
 * ```
 */
export async function enableThreads(options: ThreadsOptions = {}): Promise<number> {
  checkOptions('enableThreads', options, { threads: whole(1, most) });
  const { threads = Math.min(most, os.availableParallelism()) } = options;
  if ('wasm' in tf.engine().registry) {
    const remedy = "Call enableThreads() in the place of tf.setBackend('wasm').";
    refuse('enableThreads', 'a wasm backend that has not started', 'one that has', remedy);
  }
  if (threads > 1) {
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', true);
    setThreadsCount(threads);
    await withWorkers(threads, () => tf.setBackend('wasm'));
  } else await tf.setBackend('wasm');
  const got = threads > 1 ? getThreadsCount() : 1;
  if (got === threads) return got;
  return refuse('enableThreads', `${threads} threads`, `${got} of the wasm module`, 'Ask for fewer.');
}

/** A script of the wasm module, which stands for its own address: Node loads none from a Blob. */
interface Script {
  text: string;
}
const isScript = (t: unknown): t is Script =>
  typeof t === 'object' && t !== null && 'text' in t && isOwn(t.text);
const isOwn = (text: unknown): text is string =>
  typeof text === 'string' && text.includes('WasmBackendModuleThreadedSimd');

/** What a worker reads its scripts by, and the names by which the bundle of tfjs 4.22 for Node has its modules. */
const reader = `
Object.assign(globalThis, {
  require$$0: require('fs'), require$$1: require('path'), require$$3: require('perf_hooks'), require$$4: require('os'),
  commonjsGlobal: globalThis,
  importScripts: (text) => (0, eval)(text),
});
Object.assign(URL, { createObjectURL: ({ text }) => text, revokeObjectURL() {} });`;

/**
 * Runs a start of the wasm module, which meanwhile finds what it lacks: Blobs and workers that hold scripts, and twice as many cores as
 * threads, since it takes half of them. The workers that got no work are ended; those that have do not keep the process.
 */
async function withWorkers(threads: number, start: () => Promise<unknown>): Promise<void> {
  const { Worker } = workers;
  const { cpus } = os;
  const { createObjectURL } = URL;
  const idle = new Set<InstanceType<typeof Worker>>();
  let onError: (error: Error) => void = raise;
  class Thread extends Worker {
    constructor(script: string) {
      super(script + reader, { eval: true, execArgv: [] });
      super.on('error', (error) => onError(error));
      idle.add(this);
    }
    /** The wasm module asks for it with the first work. */
    override ref(): void {
      idle.delete(this);
    }
    /** The listener of the wasm module throws whatever it hears. */
    override on(...args: Parameters<workers.Worker['on']>): this {
      return args[0] === 'error' ? this : super.on(...args);
    }
  }
  const restore = [
    substitute(globalThis, { Blob: orScript(Blob, (text) => ({ text })) }),
    substitute(URL, { createObjectURL: (t: Blob | Script) => (isScript(t) ? t.text : createObjectURL(t)) }),
    substitute(workers, { Worker: orScript(Worker, (text) => new Thread(text)) }),
    substitute(os, { cpus: () => Array.from({ length: 2 * threads }, () => cpus()[0]) }),
    // The wasm module puts its workers there.
    substitute(globalThis, { Worker: globalThis.Worker }),
  ];
  // Workers that have loaded, or are ended, do not keep the process until it is done.
  const awake = setInterval(() => {}, 1000);
  try {
    const failed = new Promise<never>((_, reject) => {
      onError = reject;
    });
    await Promise.race([start(), failed]);
    await Promise.all([...idle].map((worker) => worker.terminate()));
  } catch (error) {
    const remedy = "Start the process without it, with tf.setBackend('wasm').";
    refuse(
      'enableThreads',
      'workers that start',
      error instanceof Error ? error.message : String(error),
      remedy,
    );
  } finally {
    clearInterval(awake);
    onError = raise;
    for (const undo of restore) undo();
  }
}

/** A constructor that makes something else of a script. */
const orScript = <T extends new (...args: never[]) => object>(Stock: T, ofScript: (text: string) => object) =>
  new Proxy(Stock, {
    construct(target, args: ConstructorParameters<T>) {
      const [text] = [args[0]].flat();
      return isOwn(text) ? ofScript(text) : Reflect.construct(target, args);
    },
  });

function raise(error: Error): never {
  throw error;
}

/** Gives an object other members; the function that it returns gives it back its own. */
function substitute<T extends object>(target: T, members: Partial<Record<keyof T, unknown>>): () => void {
  const own = Object.fromEntries(Object.keys(members).map((name) => [name, Reflect.get(target, name)]));
  Object.assign(target, members);
  return () => void Object.assign(target, own);
}

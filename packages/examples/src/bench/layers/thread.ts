import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Calls } from './worker';

/** A checkout's packages in a thread of their own, to be asked one thing at a time. */
export interface Thread {
  ask<Name extends keyof Calls>(
    name: Name,
    ...args: Parameters<Calls[Name]>
  ): Promise<Awaited<ReturnType<Calls[Name]>>>;
  end(): Promise<number>;
}

export function thread(folder: string, backend: string): Thread {
  const worker = new Worker(new URL('./worker.mjs', import.meta.url), { workerData: { folder, backend } });
  return {
    async ask(...call) {
      worker.postMessage(call);
      const [answer] = await once(worker, 'message');
      return answer;
    },
    end: () => worker.terminate(),
  };
}

import { type Remote as Proxied, wrap } from 'comlink';
import type { BackendName } from '../protocol';
import type { Remote } from '../worker/main';

/** A worker whose backend has started. */
export interface Employed {
  remote: Proxied<Remote>;
  /** Ends the worker, upon which the browser takes its memory back. */
  end(): void;
}

export async function employ(backend: BackendName, options: { threads: boolean }): Promise<Employed> {
  const worker = new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module' });
  const remote = wrap<Remote>(worker);
  try {
    await remote.start(backend, options);
  } catch (error) {
    worker.terminate();
    throw error;
  }
  return { remote, end: () => worker.terminate() };
}

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Network } from './network';

/** A PyTorch that waits for its turn. */
export interface Peer {
  version: string;
  /** The layout of memory that it is faster with. */
  layout: string;
  /** Milliseconds of a training step. */
  step(): Promise<number>;
  close(): void;
}

/** Starts PyTorch with the network; undefined where this Python has none. */
export async function openPeer(network: Network, python: string): Promise<Peer | undefined> {
  const script = fileURLToPath(new URL('./hyperbolic.py', import.meta.url));
  const process = spawn(python, [script, JSON.stringify(network)], { stdio: ['pipe', 'pipe', 'ignore'] });
  const failed = new Promise<undefined>((resolve) => {
    process.once('error', () => resolve(undefined));
    process.stdin.once('error', () => resolve(undefined));
  });
  const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string | undefined> => {
    const next = await Promise.race([lines.next(), failed]);
    return next?.done ? undefined : next?.value;
  };
  const first = await line();
  if (first === undefined) return undefined;
  const { version, layout }: Pick<Peer, 'version' | 'layout'> = JSON.parse(first);
  return {
    ...{ version, layout },
    async step() {
      process.stdin.write('\n');
      return Number(await line());
    },
    close: () => process.stdin.end(),
  };
}

import { refuse } from '../errors';

/** Refuses hidden channels that cannot be dealt out to the heads evenly. */
export function checkHeads(where: string, hidden: number, heads: number): void {
  if (hidden % heads === 0) return;
  refuse(where, `hidden to be a multiple of ${heads} heads`, hidden, 'Every head gets as many channels.');
}

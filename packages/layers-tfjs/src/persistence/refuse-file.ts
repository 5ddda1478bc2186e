import { refuse } from '@invertible/core';

/** Refuses what was read: a file that is damaged, or of something else. Nothing in memory has been changed by then. */
export function refuseFile(where: string, expected: string, got: string): never {
  refuse(
    where,
    expected,
    got,
    'It is damaged, or of something else: take a copy of the file. Nothing in memory was changed.',
  );
}

/** What an error says, whoever threw it, for the middle of a sentence. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');

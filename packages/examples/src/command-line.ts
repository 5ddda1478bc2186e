import { resolve } from 'node:path';
import { InvertibleError } from '@invertible/core';
import { type Command, InvalidArgumentError } from 'commander';
import { chooseBackend } from './backend';

/** Options that every command has. */
export interface Shared {
  backend?: string;
  out: string;
}

/** Where a command runs: the backend that was found, and the whole path of its folder. */
export interface Setting {
  backend: string;
  out: string;
}

interface Defaults {
  /** The folder of `--out`. */
  out: string;
  /** The files that go there. */
  files: string;
  /** The backend without `--backend`. Default: the fastest. */
  backend?: string;
}

/**
 * Runs a command with the options `--out` and `--backend` besides its own. Whatever is refused, in an option or later, ends it with
 * one sentence and exit code 1.
 */
export async function runCommand<Options extends object>(
  command: Command,
  { out, files, backend }: Defaults,
  main: (options: Options & Shared, setting: Setting) => Promise<void>,
): Promise<void> {
  const fallback = backend ?? 'the fastest present';
  command
    .option('--out <folder>', `where ${files} go`, out)
    .option('--backend <name>', `wasm, cpu or tensorflow (default: ${fallback})`)
    .parse();
  const options = command.opts<Options & Shared>();
  try {
    const setting = {
      backend: await chooseBackend(options.backend ?? backend),
      // npm runs a workspace's script in its own folder; paths are meant from where the user stood.
      out: resolve(process.env.INIT_CWD ?? '', options.out),
    };
    await main(options, setting);
  } catch (error) {
    console.error(error instanceof InvertibleError ? error.message : error);
    process.exitCode = 1;
  }
}

/** Reads an option that is a whole number of at least so much. */
export const whole = (least: number) => (text: string) => {
  const n = Number(text);
  if (!Number.isInteger(n) || n < least) throw new InvalidArgumentError(`A whole number from ${least}.`);
  return n;
};

/** Reads an option that is a list, with commas between its items. */
export const listOf =
  <T>(item: (text: string) => T) =>
  (text: string): T[] =>
    text.split(',').map(item);

/** Reads an option that is one of some names. */
export const oneOf =
  <Name extends string>(names: readonly Name[]) =>
  (text: string): Name => {
    const found = names.find((name) => name === text);
    if (found === undefined) throw new InvalidArgumentError(`One of ${names.join(', ')}.`);
    return found;
  };

import { mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InvertibleError, refuse } from '@invertible/core';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { backendNames, chooseBackend } from './backend';
import { type Interruption, interruption } from './interruption';
import { lockFolder } from './lock';

/** Options that every command has. */
export interface Shared {
  backend?: string;
  threads: number;
  out: string;
}

/** Where a command runs: the backend that was found, the whole path of its folder, and what ends it early. */
export interface Setting {
  backend: string;
  out: string;
  interruption: Interruption;
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
 * Runs a command with the options `--out`, `--backend` and `--threads` besides its own. Whatever is refused, in an option or later, ends it with
 * one sentence and exit code 1; a folder that cannot be written, or in which another run is at work, is refused before anything is
 * computed.
 */
export async function runCommand<Options extends object>(
  command: Command,
  { out, files, backend }: Defaults,
  main: (options: Options & Shared, setting: Setting) => Promise<void>,
): Promise<void> {
  const fallback = backend ?? 'the fastest present';
  const [last, ...others] = backendNames.toReversed();
  command
    .option('--out <folder>', `where ${files} go`, out)
    .option('--backend <name>', `${others.reverse().join(', ')} or ${last} (default: ${fallback})`)
    .option('--threads <n>', 'that wasm computes with', whole(1), 1)
    .showHelpAfterError(`${command.name()} --help lists the options.`)
    .parse();
  const options = command.opts<Options & Shared>();
  const stoppable = interruption();
  await endInOneSentence(async () => {
    // npm runs a workspace's script in its own folder; paths are meant from where the user stood.
    const folder = resolve(process.env.INIT_CWD ?? '', options.out);
    const chosen = await chooseBackend(options.backend ?? backend, { threads: options.threads });
    checkWritable(folder);
    lockFolder(folder);
    await main(options, { backend: chosen, out: folder, interruption: stoppable });
    // Drivers of GPUs keep threads that would keep the process.
    if (chosen === 'webgpu') process.exit();
  });
}

/** Runs what a command does. An error of ours ends the process with its sentence alone, a closed pipe without a word. */
export async function endInOneSentence(main: () => Promise<void>): Promise<void> {
  endQuietlyWithThePipe();
  try {
    await main();
  } catch (error) {
    console.error(error instanceof InvertibleError ? error.message : error);
    process.exit(1);
  }
}

/** `npm start | head`: nobody reads on, and nothing is to be said about it. */
function endQuietlyWithThePipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit();
    });
  }
}

/** Makes the folder, and tries to write there. */
function checkWritable(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    rmdirSync(mkdtempSync(join(folder, '.try-')));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    refuse('--out', 'a folder that can be written', why, 'Choose another.');
  }
}

/** Reads an option that is a whole number of at least so much. */
export const whole = (least: number) => (text: string) => {
  const n = Number(text);
  if (!Number.isInteger(n) || n < least) throw new InvalidArgumentError(`A whole number from ${least}.`);
  return n;
};

/** Reads an option that is a number above 0. */
export const positive = (text: string): number => {
  const x = Number(text);
  if (!(x > 0 && Number.isFinite(x))) throw new InvalidArgumentError('A number above 0.');
  return x;
};

/** Reads an option that is a list, with commas between its items. */
export const listOf =
  <T>(item: (text: string) => T) =>
  (text: string): T[] =>
    text.split(',').map(item);

/** An option that is a list; its default is shown as one writes it. */
export const listOption = <T>(
  flags: string,
  description: string,
  item: (text: string) => T,
  value: readonly T[],
): Option => new Option(flags, description).argParser(listOf(item)).default(value, value.join(','));

/** Reads an option that is one of some names. */
export const oneOf =
  <Name extends string>(names: readonly Name[]) =>
  (text: string): Name => {
    const found = names.find((name) => name === text);
    if (found === undefined) throw new InvalidArgumentError(`One of ${names.join(', ')}.`);
    return found;
  };

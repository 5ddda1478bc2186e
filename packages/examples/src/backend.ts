import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { refuse, registerKernels } from '@invertible/core';
import * as tf from '@tensorflow/tfjs';

/** Packages that must all be there, or the same of another choice. */
interface Source {
  choices: readonly (readonly string[])[];
  /** Taken without being asked for. */
  byDefault: boolean;
}

/** Fastest first. All but wasm and cpu are optional. Drivers of GPUs in software are slower than wasm: webgpu is for who asks. */
const sources = {
  tensorflow: { choices: [['@tensorflow/tfjs-node-gpu'], ['@tensorflow/tfjs-node']], byDefault: true },
  webgpu: { choices: [['webgpu', '@tensorflow/tfjs-backend-webgpu']], byDefault: false },
  wasm: { choices: [['@tensorflow/tfjs-backend-wasm']], byDefault: true },
  cpu: { choices: [['@tensorflow/tfjs']], byDefault: true },
} satisfies Record<string, Source>;

type Name = keyof typeof sources;
const isName = (name: string): name is Name => Object.hasOwn(sources, name);

export const backendNames = Object.keys(sources).filter(isName);

interface Places {
  /** The file from whose folder on packages are looked for. */
  from?: string;
  /** Gets a sentence where a backend is installed but does not start, and the next one is taken. */
  tell?: (sentence: string) => void;
  /** Threads that wasm computes with. Default 1. */
  threads?: number;
}

/** Makes a backend the present one: that of this name, or the fastest there is. Returns its name. */
export async function chooseBackend(
  wanted?: string,
  { from = import.meta.url, tell = console.error, threads = 1 }: Places = {},
): Promise<string> {
  tf.enableProdMode();
  if (wanted !== undefined) {
    if (!isName(wanted)) {
      return refuse(
        '--backend',
        `one of ${backendNames.join(', ')}`,
        wanted,
        'Leave it out for the fastest present.',
      );
    }
    const why = await begin(wanted, from, threads);
    if (why === undefined) return wanted;
    refuse(
      '--backend',
      `${wanted} to start`,
      why.replace(/\.$/, ''),
      'Leave it out for the fastest present.',
    );
  }
  const causes: string[] = [];
  for (const name of backendNames.filter((one) => sources[one].byDefault)) {
    const why = await begin(name, from, threads);
    if (why === undefined) {
      for (const cause of causes) tell(`${cause} Backend ${name} instead.`);
      return name;
    }
    if (installed(name, from).length > 0) causes.push(`${name} does not start: ${why}`);
  }
  return refuse('backend', 'one that starts', causes.join(' '), 'Run npm install again.');
}

const resolved = (name: string, from: string): string | undefined => {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
};

/** The choices of packages that are there. */
const installed = (name: Name, from: string) =>
  sources[name].choices.filter((packages) => packages.every((one) => resolved(one, from) !== undefined));

/** Loads and starts a backend. Returns why it does not, with a full stop, or nothing. */
async function begin(name: Name, from: string, threads: number): Promise<string | undefined> {
  const found = installed(name, from);
  const [first] = sources[name].choices.toReversed();
  if (found.length === 0) return `it needs npm install ${first?.join(' ')}.`;
  const causes: string[] = [];
  for (const packages of found) {
    try {
      if (name === 'webgpu') await offerWebgpu(packages[0] ?? name, from);
      for (const one of packages) await importFrom(one, from);
      await withoutListeners(() => start(name, threads));
      return undefined;
    } catch (error) {
      causes.push(`${packages.at(-1)}: ${sentence(error)}`);
    }
  }
  return causes.join(' ');
}

async function start(name: Name, threads: number): Promise<void> {
  registerKernels();
  if (name === 'wasm' && threads > 1) {
    const { enableThreads } = await import('@invertible/core/threads');
    await enableThreads({ threads });
    return;
  }
  if (await tf.setBackend(name)) return;
  // Without a word: its factory says why.
  await tf.findBackendFactory(name)?.();
  throw new Error('it does not start');
}

const importFrom = (name: string, from: string) => import(pathToFileURL(resolved(name, from) ?? name).href);

/** Puts the GPU of the npm package webgpu where browsers have it. */
async function offerWebgpu(name: string, from: string): Promise<void> {
  const { create, globals }: typeof import('webgpu') = await importFrom(name, from);
  const gpu = create([]);
  if (!(await gpu.requestAdapter())) {
    throw new Error(
      'no graphics driver answers. A Vulkan driver must be installed; VK_ICD_FILENAMES may name it',
    );
  }
  // Node 20 has no navigator.
  if (!('navigator' in globalThis)) Object.assign(globalThis, { navigator: {} });
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
}

/** What an error says, on one line and with a full stop. */
function sentence(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').trim();
  const short = text.length > 600 ? `${text.slice(0, 600)}…` : text;
  return /[.…!]$/.test(short) ? short : `${short}.`;
}

/**
 * Starts a backend, and takes away the listeners for errors that it adds: that of wasm throws them again, upon which Node prints the
 * whole of its minified source.
 */
async function withoutListeners(begin: () => Promise<void>): Promise<void> {
  const added: (() => void)[] = [];
  const onAdded = (event: string | symbol, listener: (...args: unknown[]) => void) => {
    if (event === 'uncaughtException' || event === 'unhandledRejection')
      added.push(() => process.off(event, listener));
  };
  process.on('newListener', onAdded);
  try {
    await begin();
  } finally {
    process.off('newListener', onAdded);
    for (const remove of added) remove();
  }
}

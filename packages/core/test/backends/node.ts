import { execFile, spawnSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Result } from './check';
import type { Scope } from './plan';

const root = resolve(__dirname, '../../../..');
const installed = (name: string): boolean => {
  try {
    require.resolve(name, { paths: [root] });
    return true;
  } catch {
    return false;
  }
};

/** Chromium comes with a Vulkan driver in software, and with a loader. */
const swiftshader = '/usr/lib/chromium/vk_swiftshader_icd.json';
const environments: NodeJS.ProcessEnv[] = [
  process.env,
  { ...process.env, VK_ICD_FILENAMES: swiftshader, LD_LIBRARY_PATH: dirname(swiftshader) },
];
const asksForAdapter = `import('webgpu')
  .then(({ create }) => create([]).requestAdapter())
  .then((adapter) => process.exit(adapter ? 0 : 1))`;
const givesAdapter = (env: NodeJS.ProcessEnv): boolean =>
  spawnSync(process.execPath, ['-e', asksForAdapter], { cwd: root, env }).status === 0;

/** The environment in which a backend runs in Node, or why it cannot. */
export function nodeFor(backend: 'webgpu' | 'tensorflow'): { env: NodeJS.ProcessEnv } | { missing: string } {
  const name = backend === 'webgpu' ? 'webgpu' : '@tensorflow/tfjs-node';
  if (!installed(name)) return { missing: `the npm package ${name} is not installed` };
  if (backend === 'tensorflow') return { env: process.env };
  const env = environments.find(givesAdapter);
  return env ? { env } : { missing: `no Vulkan driver: none of this machine's, nor ${swiftshader}` };
}

/** Runs the plan on a backend in a Node process of its own: drivers and libraries are found when it starts. */
export async function inNode(backend: string, scope: Scope, env: NodeJS.ProcessEnv): Promise<Result[]> {
  const args = ['--import', 'tsx', resolve(__dirname, 'node-main.ts'), backend, scope];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: root,
    env,
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n[') + 1)) as Result[];
}

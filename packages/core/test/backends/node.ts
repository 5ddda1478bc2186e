import { execFile, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Result } from './check';
import type { Request } from './plan';
import { root } from './root';

const { resolve: find } = createRequire(resolve(root, 'package.json'));
const installed = (name: string): boolean => {
  try {
    find(name);
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

/** Runs what is asked on a backend in a Node process of its own: drivers and libraries are found when it starts. */
export async function inNode(backend: string, request: Request, env: NodeJS.ProcessEnv): Promise<Result[]> {
  const args = [
    '--import',
    'tsx',
    resolve(root, 'packages/core/test/backends/node-main.ts'),
    backend,
    JSON.stringify(request),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: root,
    env,
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n[') + 1)) as Result[];
}

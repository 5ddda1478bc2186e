import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFor } from '../../core/test/backends/node';
import { folder, node } from './kit';

/** Below the packages that are installed, so that what lies here hides some of them. */
let place: string;
beforeEach(() => {
  mkdirSync(join(folder, 'out'), { recursive: true });
  place = mkdtempSync(join(folder, 'out/backend-test-'));
});
afterEach(() => rmSync(place, { recursive: true }));

function install(name: string, code: string): void {
  const own = join(place, 'node_modules', name);
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'package.json'), JSON.stringify({ name, main: 'index.js' }));
  writeFileSync(join(own, 'index.js'), code);
}

/** The backend that is found from there, what is told of it, and how it ends. */
async function found(wanted?: string, env: NodeJS.ProcessEnv = {}) {
  const program = `
    import { chooseBackend } from './src/backend.ts';
    import * as tf from '@tensorflow/tfjs';
    const tell = (text) => console.log('told: ' + text);
    const from = ${JSON.stringify(join(place, 'main.js'))};
    try {
      console.log(await chooseBackend(${JSON.stringify(wanted)}, { from, tell }), tf.getBackend());
      console.log(await tf.matMul([[2]], [[3]]).data());
    } catch (error) {
      console.log(error.message);
    }
    process.exit();`;
  const { stdout, stderr } = await node(['--import', 'tsx', '--input-type=module', '-e', program], { env });
  return { stdout, stderr };
}

const broken = "throw new Error('The addon\\n  (tfjs_binding.node) cannot be found');";
const both = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

test('the fastest that is there', async () => {
  for (const name of both) install(name, broken);
  expect(await found()).toEqual({
    stdout:
      'told: tensorflow does not start: @tensorflow/tfjs-node-gpu: The addon (tfjs_binding.node) cannot be found. ' +
      '@tensorflow/tfjs-node: The addon (tfjs_binding.node) cannot be found. Backend wasm instead.\n' +
      'wasm wasm\nFloat32Array(1) [ 6 ]\n',
    stderr: '',
  });
});

test('one that is asked for and does not load is refused with the cause', async () => {
  for (const name of both) install(name, broken);
  const { stdout } = await found('tensorflow');
  expect(stdout).toBe(
    '--backend: expected tensorflow to start, got @tensorflow/tfjs-node-gpu: The addon (tfjs_binding.node) cannot be found. ' +
      '@tensorflow/tfjs-node: The addon (tfjs_binding.node) cannot be found. Leave it out for the fastest present.\n',
  );
});

test('one of two packages is enough', async () => {
  install('@tensorflow/tfjs-node-gpu', broken);
  const register = `
    const tf = require('@tensorflow/tfjs-core');
    tf.registerBackend('tensorflow', tf.findBackendFactory('cpu'));
    tf.copyRegisteredKernels('cpu', 'tensorflow');`;
  install('@tensorflow/tfjs-node', register);
  expect((await found()).stdout).toBe('tensorflow tensorflow\nFloat32Array(1) [ 6 ]\n');
});

test('webgpu without a driver says so', async () => {
  install('webgpu', 'exports.globals = {}; exports.create = () => ({ requestAdapter: async () => null });');
  expect((await found('webgpu')).stdout).toMatch(
    /^--backend: expected webgpu to start, got .*no graphics driver answers\. .*VK_ICD_FILENAMES/,
  );
});

const driver = nodeFor('webgpu');
if ('missing' in driver) test.skip(`not tested: ${driver.missing}`, () => {});
else {
  test('webgpu, through the package webgpu', async () => {
    expect((await found('webgpu', driver.env)).stdout).toBe('webgpu webgpu\nFloat32Array(1) [ 6 ]\n');
  });
}

import '@tensorflow/tfjs-backend-cpu';
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { buildSync } from 'esbuild';

const root = resolve(__dirname, '../../..');

/** Bundles an app, which leaves out what it does not use, runs it in a process of its own, and reads what it prints. */
function run(app: string): unknown {
  const contents = `
    import '@tensorflow/tfjs-backend-cpu';
    import * as tf from '@tensorflow/tfjs-core';
    import * as tfl from '@tensorflow/tfjs-layers';
    const print = (value) => console.log(JSON.stringify(value));
    const handler = () => {
      const { weights, ...model } = ${saved};
      return { load: async () => ({ ...model, weightData: new Uint8Array(Buffer.from(weights, 'base64')).buffer }) };
    };
    const predict = (model) => print(Array.from(model.predict(tf.ones([1, 4, 4, 2])).dataSync()));
    ${app}`;
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: root },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    external: ['@tensorflow/*'],
    tsconfig: resolve(root, 'tsconfig.json'),
  });
  const code = outputFiles[0]?.text ?? '';
  return JSON.parse(execFileSync('node', ['-'], { cwd: root, input: code, stdio: 'pipe', encoding: 'utf8' }));
}

const registered = `print(Object.keys(tf.serialization.SerializationMap.getMap().classNameMap).filter((name) => name.startsWith('Invertible')));`;

let saved: string;
let expected: number[];

beforeAll(async () => {
  await tf.setBackend('cpu');
  const model = tfl.sequential();
  model.add(inn.squeeze({ inputShape: [4, 4, 2] }));
  model.add(inn.affineCoupling({ conditioner: inn.convNet({ hidden: 4 }) }));
  model.add(inn.split({ layers: [inn.conv1x1()] }));
  model.add(inn.gaussianLikelihood());
  expected = Array.from((model.predict(tf.ones([1, 4, 4, 2])) as tf.Tensor).dataSync());
  await model.save({
    save: async ({ weightData, ...artifacts }) => {
      const weights = Buffer.from(tf.io.CompositeArrayBuffer.join(weightData)).toString('base64');
      saved = JSON.stringify({ ...artifacts, weights });
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    },
  });
});

test('an app registers the layers that it uses, and no others', () => {
  const app = `import { actNorm, glow } from '@invertible/layers-tfjs'; actNorm(); glow({ shape: [4], hidden: 4 }); ${registered}`;
  const classes = run(app);
  expect(classes).toEqual(expect.arrayContaining(['InvertibleActNorm', 'InvertibleGlow']));
  expect(classes).not.toContain('InvertibleWaveletSqueeze');
});

test('tf.loadLayersModel knows the layers that an app uses', () => {
  const app = `
    import { affineCoupling, conv1x1, gaussianLikelihood, split, squeeze } from '@invertible/layers-tfjs';
    globalThis.used = [affineCoupling, conv1x1, gaussianLikelihood, split, squeeze];
    tfl.loadLayersModel(handler()).then(predict);`;
  expect(run(app)).toEqual(expected);
});

test('loadModel knows every layer', () => {
  const app = `
    import { loadModel } from '@invertible/layers-tfjs';
    loadModel(handler()).then(predict);`;
  expect(run(app)).toEqual(expected);
});

test('kernels alone bring no layer', () => {
  expect(run(`import { registerKernels } from '@invertible/core'; registerKernels(); ${registered}`)).toEqual(
    [],
  );
});

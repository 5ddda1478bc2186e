import '@tensorflow/tfjs-backend-cpu';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvertibleError } from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

let folder: string;
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = fs.mkdtempSync(join(tmpdir(), 'limits-'));
  jest.spyOn(console, 'warn').mockImplementation();
});
afterAll(() => {
  fs.rmSync(folder, { recursive: true });
  jest.restoreAllMocks();
});

/** Refused in less than two seconds, with an InvertibleError that says why, and no tensor left. */
async function refused(load: () => unknown, message: RegExp): Promise<void> {
  const tensors = tf.memory().numTensors;
  const begun = performance.now();
  const error: unknown = await Promise.resolve()
    .then(load)
    .then(
      () => 'nothing was refused',
      (e) => e,
    );
  expect(performance.now() - begun).toBeLessThan(2000);
  expect(error).toBeInstanceOf(InvertibleError);
  expect(error).toHaveProperty('message', expect.stringMatching(message));
  expect(tf.memory().numTensors).toBe(tensors);
}

interface LayerJson {
  class_name: string;
  config: Record<string, unknown>;
}
/** A model of one invertible layer as a file of less than a kilobyte, and the weights of a small one. */
function small(className: string, config: object, shape: number[]): tf.io.IOHandler {
  const input: LayerJson = {
    class_name: 'InputLayer',
    config: { batch_input_shape: [null, ...shape], dtype: 'float32', sparse: false, name: 'x' },
  };
  const layer: LayerJson = { class_name: className, config: { name: 'layer', ...config } };
  const before: LayerJson = { class_name: 'InvertibleReverseChannels', config: { name: 'before' } };
  const layers = className.endsWith('Likelihood') ? [input, before, layer] : [input, layer];
  const modelTopology = { class_name: 'Sequential', config: { name: 'model', layers } };
  expect(JSON.stringify(modelTopology).length).toBeLessThan(1000);
  const weightSpecs = [{ name: 'w', shape: [4], dtype: 'float32' as const }];
  return { load: async () => ({ modelTopology, weightSpecs, weightData: new ArrayBuffer(16) }) };
}

describe('a small file that asks for much is refused before it is allocated:', () => {
  test.each<[string, tf.io.IOHandler, RegExp]>([
    ['couplings', small('InvertibleRealNvp', { layers: 1e5 }, [4]), /at most 1 parts/],
    [
      'couplings below the limit of the option',
      small('InvertibleRealNvp', { layers: 9999 }, [4]),
      /at most 1 parts/,
    ],
    ['steps', small('InvertibleGlow', { steps: 1e6 }, [32, 32, 4]), /at most 1 parts/],
    [
      'scales of steps',
      small('InvertibleGlow', { scales: 30, steps: 1000 }, [32, 32, 4]),
      /at most 1 parts.*30000/,
    ],
    [
      'a deep conditioner',
      small('InvertibleAffineCoupling', { conditioner: { kind: 'denseNet', hidden: 2, layers: 1e6 } }, [4]),
      /at most 1 parts/,
    ],
    [
      'blocks in a conditioner of many couplings',
      small('InvertibleNice', { layers: 100, conditioner: { kind: 'resNet', blocks: 1000 } }, [4]),
      /at most 1 parts.*100000/,
    ],
    ['wide nets', small('InvertibleAffineCoupling', { hidden: 1e6 }, [4]), /more than that/],
    [
      'HINT on many channels',
      small('InvertibleHintCoupling', { leaf: 1, hidden: 1 }, [1e6]),
      /1024 parts of 1/,
    ],
    [
      'HINT on many channels, mixed',
      small('InvertibleHintCoupling', { leaf: 1, permute: 'full', hidden: 1 }, [1e5]),
      /1024 parts of 1/,
    ],
    ['a permutation', small('InvertiblePermutation', {}, [2 ** 30]), /the shape of an input/],
    ['a mixing', small('InvertibleConv1x1', { kind: 'lu' }, [2 ** 20]), /more than that|a shape/],
    ['a mixing of rows', small('InvertibleConv1x1', { kind: 'qr' }, [2 ** 14]), /more than that/],
    ['an exponential', small('InvertibleConv1x1', { kind: 'exponential' }, [2 ** 14]), /more than that/],
    [
      'a down-sampling',
      small('InvertibleOrthogonalDownsampling', { per: 'all' }, [64, 64, 256]),
      /more than that/,
    ],
    [
      'components',
      small('InvertibleLikelihood', { base: { kind: 'mixtureOfNormals', components: 2 ** 20 } }, [4]),
      /more than that/,
    ],
    ['units', small('Dense', { units: 1e12 }, [4]), /more than that/],
    ['a recurrent layer', small('LSTM', { units: 1e4 }, [4, 4]), /more than that/],
  ])('%s', (_, handler, message) => refused(() => inn.loadModel(handler), message));
});

describe('JSON within the limit of bytes that would be large in memory is refused:', () => {
  const size = 60_000_000;
  const filled = (start: string, middle: string, end: string) =>
    start + middle.repeat((size - start.length - end.length) / middle.length) + end;
  const texts: [string, () => string, RegExp][] = [
    ['zeros', () => filled('[0', ',0', ']'), /at most 1048576 values/],
    ['objects', () => filled('[{}', ',{}', ']'), /at most 1048576 values/],
    ['lists', () => filled('[[]', ',[]', ']'), /at most 1048576 values/],
    ['nesting', () => filled('', '[', ''), /levels of JSON/],
    ['nested objects', () => filled('', '{"a":', ''), /levels of JSON/],
    [
      'names',
      () => `{"a":0${Array.from({ length: 4e6 }, (_, i) => `,"${i}":0`).join('')}}`,
      /at most 131072 names/,
    ],
    [
      'as many names as may be',
      () => `{"a":0${Array.from({ length: 1e5 }, (_, i) => `,"${i}":0`).join('')}}`,
      /expected/,
    ],
    ['escapes', () => filled('["', '\\u0000', '"]'), /expected/],
    ['escapes in a name', () => filled('{"', '\\\\', '":0}'), /expected/],
    ['quotes', () => filled('["', '\\"', '"]'), /expected/],
    ['spaces', () => filled('[', ' ', ']'), /expected/],
    ['a text without end', () => filled('["', 'a', ''), /JSON/],
  ];
  test.each(texts)('%s', async (_, make, message) => {
    const json = Buffer.from(make());
    const start = Buffer.alloc(8);
    start.writeBigUInt64LE(BigInt(json.length));
    const safetensors = Buffer.concat([start, json]);
    await refused(() => inn.fromSafetensors(safetensors), message);
  });

  test('in a file as well', async () => {
    fs.writeFileSync(join(folder, 'model.json'), `[0${',0'.repeat(3e7)}]`);
    await refused(() => inn.loadModel(`file://${folder}`), /at most 1048576 values/);
  });

  test('a million tensors', async () => {
    const entry = '{"dtype":"F32","shape":[0],"data_offsets":[0,0]}';
    const json = Buffer.from(`{${Array.from({ length: 1e6 }, (_, i) => `"${i}":${entry}`).join(',')}}`);
    const start = Buffer.alloc(8);
    start.writeBigUInt64LE(BigInt(json.length));
    await refused(() => inn.fromSafetensors(Buffer.concat([start, json])), /at most 131072 names/);
    const fewer = Buffer.from(`{${Array.from({ length: 7e4 }, (_, i) => `"${i}":${entry}`).join(',')}}`);
    start.writeBigUInt64LE(BigInt(fewer.length));
    await refused(() => inn.fromSafetensors(Buffer.concat([start, fewer])), /at most 65536 tensors/);
  });

  test('a million layers or weights', async () => {
    const modelTopology = {
      class_name: 'Sequential',
      config: { layers: Array(20_000).fill({ class_name: 'Dense' }) },
    };
    const weightSpecs = Array.from({ length: 7e4 }, (_, i) => ({
      name: `${i}`,
      shape: [0],
      dtype: 'float32',
    }));
    const load = (weightSpecs: object[]) =>
      inn.loadModel({
        load: async () =>
          ({ modelTopology, weightSpecs, weightData: new ArrayBuffer(0) }) as tf.io.ModelArtifacts,
      });
    await refused(() => load(weightSpecs), /at most 65536 weights/);
    await refused(() => load([]), /at most 8192 layers/);
  });
});

describe('only files are read:', () => {
  const place = (name: string) => {
    const path = join(folder, name);
    fs.mkdirSync(path);
    return path;
  };
  test('not a pipe, which would wait for ever', async () => {
    const path = place('pipe');
    execFileSync('mkfifo', [join(path, 'model.json')]);
    await refused(
      () => inn.loadModel(`file://${path}`),
      /a file model.json, got a folder, a pipe or a device/,
    );
  });
  test('not a device, which has no end', async () => {
    const path = place('device');
    fs.symlinkSync('/dev/zero', join(path, 'model.json'));
    await refused(() => inn.loadModel(`file://${path}`), /a folder, a pipe or a device/);
  });
  test('not a folder, nor what is not there', async () => {
    const path = place('folder');
    await refused(() => inn.loadModel(`file://${path}`), /got no model.json/);
    fs.mkdirSync(join(path, 'model.json'));
    await refused(() => inn.loadModel(`file://${path}`), /a folder, a pipe or a device/);
  });
  test('pipes and sizes among the weights too', async () => {
    const path = join(folder, 'weights');
    await inn.nice({ shape: [2], hidden: 2, layers: 1 }).save(`file://${path}`);
    fs.truncateSync(join(path, 'weights.bin'), 2 ** 36);
    await refused(() => inn.loadModel(`file://${path}`), /at most 8589934592 bytes of weights/);
    fs.rmSync(join(path, 'weights.bin'));
    execFileSync('mkfifo', [join(path, 'weights.bin')]);
    await refused(
      () => inn.loadModel(`file://${path}`),
      /a file weights.bin, got a folder, a pipe or a device/,
    );
  });
});

test('no initialiser runs that tf.layers would not run', async () => {
  const kernelInitializer = tfl.initializers.glorotUniform({ seed: 1 });
  const model = tfl.sequential({
    layers: [
      tfl.layers.lstm({
        units: 8,
        inputShape: [2, 3],
        kernelInitializer,
        recurrentInitializer: kernelInitializer,
      }),
      tfl.layers.dense({ units: 2, kernelInitializer }),
    ],
  });
  const couplings = inn.realNvp({ shape: [3], layers: 2, hidden: 4 });
  for (const m of [model, couplings.model]) await inn.saveModel(m, `file://${folder}/initialisers`);
  const draws = jest.spyOn(
    Object.getPrototypeOf(tfl.initializers.glorotUniform({}).constructor.prototype),
    'apply',
  );
  for (const m of [model, couplings.model]) {
    await inn.saveModel(m, `file://${folder}/initialisers`);
    const loaded = await inn.loadModel(`file://${folder}/initialisers`);
    expect(draws).not.toHaveBeenCalled();
    for (const [i, w] of loaded.getWeights().entries())
      expect(Array.from(w.dataSync())).toEqual(Array.from(m.getWeights()[i]!.dataSync()));
  }
  draws.mockRestore();
});

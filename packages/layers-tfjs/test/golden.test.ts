import '@tensorflow/tfjs-backend-cpu';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as core from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type Bits, type Golden, readArchive } from './golden/archive';
import { checkpoints } from './golden/checkpoints';
import { weightsOnly } from './golden/flows';
import { type Inputs, mapsOf, type Numbers, nextStep, numbersOf, samplesOf } from './golden/numbers';

/** Versions whose saved models and their numbers are kept; tools/golden_models.mts writes them. */
const versions = fs
  .readdirSync(join(__dirname, 'golden'))
  .flatMap((file) => file.match(/(.+)\.json\.gz$/)?.[1] ?? []);
const kit = { tf, tfl, core, inn };

beforeAll(async () => {
  await tf.setBackend('cpu');
  // 0.1.0 wrote no digests, which is reported.
  jest.spyOn(console, 'warn').mockImplementation();
});
afterAll(() => jest.restoreAllMocks());

const tensor = ({ shape, data }: Bits) => tf.tensor(new Float32Array(data), shape, 'float32');
const inputsOf = ({ inputs: { x, c } }: Golden): Inputs => ({ x: tensor(x!), c: c && tensor(c) });
const handlerOf = ({ saved }: Golden): tf.io.IOHandler => ({
  load: async () => saved as tf.io.ModelArtifacts,
});

/** Numbers after a further step, where that may be rounded: to two roundings of the largest. */
const nearly = (name: string, expected: Float32Array) =>
  name.endsWith('after') ? 2 ** -22 * Math.max(...expected.map(Math.abs)) : 0;

/** A line for each tensor that does not come back to the last bit. */
function differences(numbers: Numbers, golden: Golden['numbers'], rounded = false): string[] {
  return Object.entries(golden).flatMap(([name, { shape, data }]) => {
    const values = numbers[name]?.dataSync() ?? [];
    const expected = new Float32Array(data);
    if (String(numbers[name]?.shape) !== String(shape))
      return `${name}: [${numbers[name]?.shape}] instead of [${shape}]`;
    const room = rounded ? nearly(name, expected) : 0;
    const wrong = [...expected.keys()].filter(
      (i) =>
        !(
          values[i] === expected[i] ||
          Object.is(values[i], expected[i]) ||
          Math.abs(values[i]! - expected[i]!) < room
        ),
    );
    if (wrong.length === 0) return [];
    const most = Math.max(...wrong.map((i) => Math.abs(values[i]! - expected[i]!)));
    const first = `${values[wrong[0]!]} instead of ${expected[wrong[0]!]}`;
    return `${name}: ${wrong.length} of ${expected.length} numbers differ, by ${most.toExponential(1)} at most, first ${first}`;
  });
}

async function flowNumbers(flow: inn.Flow, inputs: Inputs): Promise<Numbers> {
  return { ...numbersOf(kit, flow.model, inputs), ...samplesOf(flow, inputs) };
}

/** Loads an entry and computes its numbers, by kind. */
const load: Record<Golden['kind'], (golden: Golden, inputs: Inputs) => Promise<Numbers>> = {
  async model(golden, inputs) {
    const stock = await tfl.loadLayersModel(handlerOf(golden));
    expect(differences(numbersOf(kit, stock, inputs), golden.numbers)).toEqual([]);
    return numbersOf(kit, await inn.loadModel(handlerOf(golden)), inputs);
  },
  flow: async (golden, inputs) => flowNumbers(await inn.loadFlow(handlerOf(golden)), inputs),
  async folder({ saved }, inputs) {
    const folder = fs.mkdtempSync(join(tmpdir(), 'golden-'));
    for (const [name, bytes] of Object.entries(saved))
      fs.writeFileSync(join(folder, name), new Uint8Array(bytes));
    const flow = await inn.loadFlow(`file://${folder}`);
    fs.rmSync(folder, { recursive: true });
    return flowNumbers(flow, inputs);
  },
  async weights({ name, saved }, inputs) {
    const flow = weightsOnly[name]!(kit);
    const { safetensors } = saved as { safetensors: ArrayBuffer };
    const { weights, metadata } = inn.fromSafetensors(new Uint8Array(safetensors));
    expect(metadata).toEqual({ name });
    inn.setWeights(flow, weights);
    return { ...mapsOf(flow, inputs), ...samplesOf(flow, inputs) };
  },
  async checkpoint(golden, inputs) {
    const { model, progress, restore } = await inn.loadCheckpoint(handlerOf(golden));
    expect(progress).toEqual({ step: 3 });
    const predicted = model.predict(inputs.c ? [inputs.x, inputs.c] : inputs.x) as tf.Tensor;
    model.compile({ optimizer: checkpoints[golden.name]!.optimizer(kit), loss: inn.nll });
    await restore(model.optimizer);
    return { predicted, ...(await nextStep(kit, model, inputs)) };
  },
};

describe.each(versions)('saved by %s', (version) => {
  const goldens = readArchive(join(__dirname, `golden/${version}.json.gz`));

  test.each(goldens.map((golden) => [golden.kind, golden.name, golden] as const))(
    'the %s of "%s" gives the same bits',
    async (kind, _, golden) => {
      const inputs = inputsOf(golden);
      if (/^pad\b/.test(golden.name)) {
        // Its likelihood was that of no distribution: the one thing that 0.1.0 saved and that is refused since.
        return expect(load[kind](golden, inputs)).rejects.toThrow(/keeps the number of dimensions/);
      }
      const rounded = kind === 'checkpoint' && checkpoints[golden.name]?.rounded;
      expect(differences(await load[kind](golden, inputs), golden.numbers, rounded)).toEqual([]);
    },
  );
});

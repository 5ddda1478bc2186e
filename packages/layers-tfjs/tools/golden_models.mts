/**
 * Writes test/golden/<version>.json.gz with the built packages of a checkout: models, flows, checkpoints and safetensors as
 * it saves them, and the numbers that they give on cpu. Every later tree has to load them and give the same bits (golden.test.ts).
 *
 *     npx tsx --tsconfig packages/layers-tfjs/tsconfig.json packages/layers-tfjs/tools/golden_models.mts ../checkout-of-a-release
 *
 * The checkout has its own node_modules and has been built; the tsconfig named here has no paths that lead to the present sources.
 * Files of a version that has been published are never written again.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as inn from '@invertible/layers-tfjs';
import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { type Bits, type Golden, writeArchive } from '../test/golden/archive';
import { checkpoints } from '../test/golden/checkpoints';
import { flows, weightsOnly } from '../test/golden/flows';
import { type Kit, normal } from '../test/golden/kit';
import { layers, type Recipe } from '../test/golden/layers';
import { type Inputs, mapsOf, type Numbers, nextStep, numbersOf, samplesOf } from '../test/golden/numbers';

const checkout = process.argv[2];
if (checkout === undefined) throw new Error('Give the folder of a built checkout.');
const load = createRequire(resolve(checkout, 'packages/layers-tfjs/package.json'));
if (!load.resolve('@invertible/core').startsWith(resolve(checkout) + sep))
  throw new Error(`@invertible/core is not that of the checkout, but ${load.resolve('@invertible/core')}.`);
load('@tensorflow/tfjs-backend-cpu');
const core = load('@invertible/core');
const kit: Kit = {
  tf: load('@tensorflow/tfjs-core'),
  tfl: load('@tensorflow/tfjs-layers'),
  // 0.1.0 called it by another name.
  core: { embedCondition: core.summarized, ...core },
  inn: load('@invertible/layers-tfjs'),
};
const batch = 3;

async function bitsOf(numbers: Record<string, tf.Tensor | undefined>): Promise<Record<string, Bits>> {
  const all: Record<string, Bits> = {};
  for (const [name, t] of Object.entries(numbers)) {
    if (!t) continue;
    const values = Float32Array.from(await t.data());
    if (!values.every(Number.isFinite)) throw new Error(`${name} is not finite.`);
    all[name] = { shape: t.shape, data: values.buffer };
  }
  return all;
}

/** The artifacts that saving hands to a handler. */
async function artifactsOf(save: (to: tf.io.IOHandler) => Promise<unknown>): Promise<object> {
  let saved: tf.io.ModelArtifacts | undefined;
  const info = { dateSaved: new Date(0), modelTopologyType: 'JSON' } as const;
  await save({
    save: async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: info };
    },
  });
  const { weightData, ...json } = saved!;
  return { ...json, weightData: kit.tf.io.CompositeArrayBuffer.join(weightData) };
}

/** Inputs for a model, the same each time. */
function inputsFor(model: tfl.LayersModel, within?: Recipe['within']): Inputs {
  const [x = [], c] = model.inputs.map((t) => [batch, ...t.shape.slice(1).map((size) => size ?? 0)]);
  return {
    x: within ? kit.tf.randomUniform(x, ...within, 'float32', 1.5) : normal(kit, x, 1),
    c: c && normal(kit, c, 2),
  };
}

/** Some steps, after which no weight is where it began. */
async function train(model: tfl.LayersModel, optimizer: tf.Optimizer, inputs: Inputs): Promise<void> {
  model.compile({ optimizer, loss: kit.inn.nll });
  if (model.trainableWeights.length === 0) return;
  for (let step = 0; step < 3; step++) await nextStep(kit, model, inputs);
}

function applied(
  layer: tfl.layers.Layer,
  inputs: tfl.SymbolicTensor | tfl.SymbolicTensor[],
): tfl.SymbolicTensor {
  const y = layer.apply(inputs);
  if (y instanceof kit.tfl.SymbolicTensor) return y;
  throw new TypeError(`"${layer.name}" has several outputs.`);
}

function modelOf({ layers, shape = [2, 2, 4], condition }: Recipe): tfl.LayersModel {
  const x = kit.tfl.input({ shape });
  const c = condition && kit.tfl.input({ shape: condition });
  const all = layers(kit);
  const head = kit.inn.gaussianLikelihood();
  if (!c)
    return kit.tfl.sequential({ layers: [kit.tfl.layers.inputLayer({ inputShape: shape }), ...all, head] });
  const y = all.reduce((h, layer) => applied(layer, [h, c]), x);
  return kit.tfl.model({ inputs: [x, c], outputs: applied(head, y) });
}

const goldens: Golden[] = [];
const add = async (golden: Omit<Golden, 'inputs' | 'numbers'>, inputs: Inputs, numbers: Numbers) => {
  goldens.push({ ...golden, inputs: await bitsOf({ ...inputs }), numbers: await bitsOf(numbers) });
};
const adam = () => kit.tf.train.adam(0.03);

await kit.tf.setBackend('cpu');
for (const [name, recipe] of Object.entries(layers)) {
  const model = modelOf(recipe);
  const inputs = inputsFor(model, recipe.within);
  await train(model, adam(), inputs);
  const saved = await artifactsOf((to) => model.save(to));
  await add({ name, kind: 'model', saved }, inputs, numbersOf(kit, model, inputs));
}

const numbersOfFlow = (flow: inn.Flow, inputs: Inputs) => ({
  ...numbersOf(kit, flow.model, inputs),
  ...samplesOf(flow, inputs),
});
for (const [name, make] of Object.entries(flows)) {
  const flow = make(kit);
  const inputs = inputsFor(flow.model);
  await train(flow.model, adam(), inputs);
  const saved = await artifactsOf((to) => flow.save(to));
  await add({ name, kind: 'flow', saved }, inputs, numbersOfFlow(flow, inputs));
}

for (const [name, make] of Object.entries(weightsOnly)) {
  const flow = make(kit);
  const inputs = inputsFor(flow.model);
  await train(flow.model, adam(), inputs);
  const { buffer: safetensors } = await kit.inn.toSafetensors(flow.weights(), { name });
  const numbers = { ...mapsOf(flow, inputs), ...samplesOf(flow, inputs) };
  await add({ name, kind: 'weights', saved: { safetensors } }, inputs, numbers);
}

for (const [name, { model: make, optimizer }] of Object.entries(checkpoints)) {
  const model = make(kit);
  const inputs = inputsFor(model);
  await train(model, optimizer(kit), inputs);
  const [predicted] = [model.predict(inputs.c ? [inputs.x, inputs.c] : inputs.x)].flat();
  if (!predicted) throw new TypeError(`"${name}" has no output.`);
  const saved = await artifactsOf((to) => kit.inn.saveCheckpoint(model, to, { progress: { step: 3 } }));
  await add({ name, kind: 'checkpoint', saved }, inputs, {
    predicted,
    ...(await nextStep(kit, model, inputs)),
  });
}

const folder = mkdtempSync(join(tmpdir(), 'golden-'));
const flow = kit.inn.realNvp({ shape: [4], layers: 2, hidden: 3 });
const inputs = inputsFor(flow.model);
await train(flow.model, adam(), inputs);
await flow.save(`file://${folder}/flow`);
const file = (name: string) => new Uint8Array(readFileSync(join(folder, 'flow', name))).buffer;
const saved = { 'model.json': file('model.json'), 'weights.bin': file('weights.bin') };
await add({ name: 'realNvp in a folder', kind: 'folder', saved }, inputs, numbersOfFlow(flow, inputs));
rmSync(folder, { recursive: true });

// An irim holds an operator, so that only its weights can be saved.
const all = JSON.stringify(goldens);
for (const [name, factory] of Object.entries<object>(kit.inn)) {
  if (!('Layer' in factory) || typeof factory.Layer !== 'function' || !('className' in factory.Layer))
    continue;
  if (name !== 'irim' && !all.includes(`"${factory.Layer.className}"`))
    throw new Error(`No model has a layer of ${name}.`);
}

const { version }: { version: string } = load('./package.json');
writeArchive(fileURLToPath(new URL(`../test/golden/${version}.json.gz`, import.meta.url)), goldens);
console.log(`${goldens.length} entries of ${version}.`);

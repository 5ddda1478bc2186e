import { type Bijection, checkDimensions, refuse } from '@invertible/core';
import * as tfl from '@tensorflow/tfjs-layers';
import { isForeign } from './register';
import { sizes } from './shapes';

type Layer = tfl.layers.Layer;

/** A layer that is a bijection. */
type Scored = Layer & { bijection: Bijection };
const isScored = (layer: Layer): layer is Scored => 'bijection' in layer;

/** A symbolic tensor, and what stands for the inputs of the models that it is inside of. */
interface Place {
  t: tfl.SymbolicTensor;
  inside?: { key: string; inputs: ReadonlyMap<tfl.SymbolicTensor, Place> };
}

/** The same tensor of a model that is applied twice is another place each time. */
const keyOf = ({ t, inside }: Place): string => `${t.id}${inside ? ` in ${inside.key}` : ''}`;

/** The place where a layer made a tensor: models are entered at their outputs and left at their inputs. */
function resolve(place: Place): Place {
  const { t, inside } = place;
  const model = t.sourceLayer;
  if (t.inputs.length === 0) {
    const outer = inside?.inputs.get(t);
    return outer ? resolve(outer) : place;
  }
  if (!(model instanceof tfl.LayersModel)) return place;
  const output = model.outputs[t.outputTensorIndex ?? 0];
  if (!output) return place;
  const given = before(place);
  const inputs = new Map(model.inputs.map((input, i) => [input, given[i] ?? place]));
  return resolve({ t: output, inside: { key: `${model.name}(${given.map(keyOf).join()})`, inputs } });
}

/** The tensors that a tensor was made of. */
const before = ({ t, inside }: Place): Place[] => t.inputs.map((u) => ({ t: u, ...(inside && { inside }) }));

/** The places that a tensor depends on, with its own. */
function ancestry(from: Place, seen = new Map<string, Place>()): Map<string, Place> {
  const place = resolve(from);
  if (seen.has(keyOf(place))) return seen;
  seen.set(keyOf(place), place);
  for (const parent of before(place)) ancestry(parent, seen);
  return seen;
}

/** Whether a stock layer puts the numbers of a sample in another place, and does nothing else: log|det J| = 0. */
function rearranges(layer: Layer): boolean {
  const kind = layer.getClassName();
  if (kind === 'Activation') return layer.getConfig().activation === 'linear';
  return ['Reshape', 'Flatten', 'Permute'].includes(kind);
}

/** Whether a layer is a bijection, or has one inside that it calls by itself, as timeDistributed does. */
function holdsBijection(layer: Layer): boolean {
  if (isScored(layer)) return true;
  if (layer instanceof tfl.LayersModel) return layer.layers.some(holdsBijection);
  return 'layer' in layer && layer.layer instanceof tfl.layers.Layer && holdsBijection(layer.layer);
}

interface Path {
  /** The tensor that the flow begins with. */
  start: Place;
  /** The invertible layers back from the end, each with its inputs. */
  steps: { layer: Scored; inputs: Place[] }[];
  /** All places of the path, the start among them. */
  keys: Set<string>;
  /** Stock layers on the way that rearrange. */
  between: Layer[];
}

/** The way back from a tensor through invertible layers, those that rearrange, and the models around them. */
function pathTo(end: tfl.SymbolicTensor): Path {
  const path: Path = { start: resolve({ t: end }), steps: [], keys: new Set(), between: [] };
  for (;;) {
    path.keys.add(keyOf(path.start));
    const layer = path.start.t.sourceLayer;
    const inputs = before(path.start);
    const [x] = inputs;
    refuseForeign(layer);
    if (!x) return path;
    if (isScored(layer)) path.steps.push({ layer, inputs });
    else if (rearranges(layer)) path.between.push(layer);
    else return path;
    path.start = resolve(x);
  }
}

function refuseForeign(layer: Layer): void {
  if (!isForeign(layer)) return;
  const remedy = 'Import the package one way only, by `import` or by `require`, in one version.';
  refuse(layer.name, 'a layer of this copy of @invertible/layers-tfjs', 'one of a second copy', remedy);
}

/**
 * Refuses a likelihood of z that would not be one: log-determinants lost in a layer on the way, a condition that depends on x, or
 * dimensions that the flow adds. Returns the stock layers in the flow, which rearrange: log-determinants have to go round them.
 */
export function layersInFlow(where: string, z: tfl.SymbolicTensor, condition?: tfl.SymbolicTensor): Layer[] {
  const { start, steps, keys, between } = pathTo(z);
  const layer = start.t.sourceLayer;
  const named = `"${layer.name}" (${layer.getClassName()})`;
  if (steps.length === 0) {
    const remedy = 'Put the likelihood directly after the flow; layers without inverse go before the flow.';
    refuse(where, 'the output of an invertible layer', named, remedy);
  }
  if ([...ancestry(start).values()].some(({ t }) => holdsBijection(t.sourceLayer))) {
    const remedy = 'Its log-determinant is not known: move it before the flow, or use an invertible layer.';
    refuse(where, 'invertible layers alone in the flow', `${named} between them`, remedy);
  }
  const conditions = steps.flatMap(({ inputs: [, c] }) => (c ? [c] : []));
  for (const c of condition ? [...conditions, { t: condition }] : conditions) {
    if (![...ancestry(c).keys()].some((key) => keys.has(key))) continue;
    const from = `"${resolve(c).t.sourceLayer.name}", which is computed from x`;
    refuse(where, 'a condition that does not depend on x', from, 'p(x | c) needs a c of its own input.');
  }
  for (const step of steps) {
    const [x, c] = step.inputs.map(({ t }) => sizes(t.shape));
    if (x) checkDimensions(where, step.layer.bijection, x, c);
  }
  return between;
}

import { isOptimizer, isRegistered } from './classes';
import { brief, isObject } from './json';
import { checkGraph, isGraph } from './layer-graph';
import { refuseFile } from './refuse-file';
import { elements } from './weight-specs';

/** More numbers than this no sample has, and more channels no layer. */
const largestSample = 2 ** 31;
const mostChannels = 2 ** 22;
/** More layers no model has, those of models inside it counted too. */
const mostLayers = 2 ** 13;
/** Options by which one layer is made of many, each with weights of its own. */
export const counts: ReadonlySet<string> = new Set([
  'blocks',
  'couplings',
  'iterations',
  'layers',
  'levels',
  'scales',
  'steps',
]);

/** Refuses classes that nobody registered, shapes of inputs that are none, graphs without end, and more layers than weights. */
export function checkTopology(where: string, topology: object, weights: number): void {
  let layers = 0;
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const inside of Object.values(value)) walk(inside);
    if (!isObject(value)) return;
    if ('className' in value) {
      if (!isRegistered(value.className))
        refuseFile(where, 'classes that are registered with tf.serialization', brief(value.className));
      if (++layers > mostLayers) refuseFile(where, `at most ${mostLayers} layers`, 'more');
      checkCounts(where, value, weights);
    }
    if ('batchInputShape' in value) checkInput(where, value.batchInputShape);
    if (isGraph(value)) checkGraph(where, value);
  };
  walk(camelCased(where, topology));
}

/** Refuses optimizers that are none. */
export function checkTraining(where: string, training: unknown): void {
  if (training === undefined || training === null) return;
  const { optimizerConfig } = isObject(training) ? { ...camelCasedNames(where, training) } : {};
  const { className } = isObject(optimizerConfig) ? camelCasedNames(where, optimizerConfig) : {};
  if (!isOptimizer(className)) refuseFile(where, 'an optimizer that is registered', brief(className));
}

function checkInput(where: string, shape: unknown): void {
  if (shape === null) return;
  const sizes = Array.isArray(shape) ? shape.map((n: unknown) => n ?? 1) : [];
  if (!Array.isArray(shape) || !(elements(sizes) <= largestSample) || Number(sizes.at(-1)) > mostChannels)
    refuseFile(where, 'the shape of an input', brief(shape));
}

/**
 * Refuses an invertible layer that is made of more than there are weights in the file. All that it is made of has weights of its own,
 * so that a file of honest size cannot ask for a million of them.
 */
function checkCounts(where: string, { className, config }: Record<string, unknown>, weights: number): void {
  if (!String(className).startsWith('Invertible') || !isObject(config)) return;
  const product = countsIn(config).reduce((all, n) => all * Math.max(1, n), 1);
  if (product <= Math.max(1, weights)) return;
  const { name } = config;
  refuseFile(
    where,
    `layer ${brief(name)} to be made of at most ${weights} parts, as many as there are weights`,
    `${product}`,
  );
}

/** The counts of a config, those of its conditioner and other options too. */
const countsIn = (options: Record<string, unknown>): number[] =>
  Object.entries(options).flatMap(([name, value]) => {
    if (isObject(value) && !('models' in value)) return countsIn(value);
    return typeof value === 'number' && counts.has(name) ? [value] : [];
  });

/** As tf.layers reads a topology: the names of all objects in camel case. Two names that become the same are refused. */
function camelCased(where: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => camelCased(where, item));
  if (!isObject(value)) return value;
  const names = Object.entries(camelCasedNames(where, value));
  return Object.fromEntries(names.map(([name, inside]) => [name, camelCased(where, inside)]));
}

function camelCasedNames(where: string, value: Record<string, unknown>): Record<string, unknown> {
  const names = new Map<string, unknown>();
  for (const [key, inside] of Object.entries(value)) {
    const name = key.replace(/_+(\w|$)/g, (_, letter: string) => letter.toUpperCase());
    if (names.has(name)) refuseFile(where, 'each name once', `"${name}" twice`);
    names.set(name, inside);
  }
  return Object.fromEntries(names);
}

import { refuse, type Weights, withoutPrefix, withPrefix } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { copyState, type OptimizerState, restoreState } from '../training/optimizer-state';
import { isObject, parseJson, plain } from './json';
import { refuseFile } from './refuse-file';
import { fromSafetensors, toSafetensors } from './safetensors';

const where = 'unpackTraining';
const key = 'invertible.training';
const [ofVariables, ofOptimizer] = ['variable/', 'optimizer/'];

/** What a loop of one's own trains. */
export interface OwnLoop {
  /** By name, such as those that `core.initialize` gives, made variables. */
  variables: Record<string, tf.Variable>;
  optimizer: tf.Optimizer;
}

/**
 * A training loop of one's own as the bytes of a safetensors file: the variables, all that the optimizer remembers, and any JSON,
 * as they are at the call, with a SHA-256 of everything. With {@link unpackTraining} it goes on to the last bit, on cpu and wasm.
 *
 * ```ts
 * const variables = { scale: tf.variable(tf.ones([3])) };
 * const optimizer = tf.train.adam(1e-3);
 * const bytes = await inn.packTraining({ variables, optimizer }, { step: 100 });
 * const { progress, restore } = inn.unpackTraining(bytes);
 * await restore({ variables, optimizer });
 * ```
 */
export async function packTraining(
  { variables, optimizer }: OwnLoop,
  progress: unknown = null,
): Promise<Uint8Array<ArrayBuffer>> {
  const text = JSON.stringify({ optimizer: optimizer.getClassName(), progress: plain(progress) });
  const copies = Object.fromEntries(
    Object.entries(variables).map(([name, v]) => [name, tf.keep(tf.clone(v))]),
  );
  const memory = await copyState(optimizer);
  // The number of steps is an int32, exact up to 2²⁴ as float32.
  const numbers = tf.tidy(() => memory.map(({ tensor }) => tf.keep(tf.cast(tensor, 'float32'))));
  tf.dispose(memory.map(({ tensor }) => tensor));
  const kept = Object.fromEntries(memory.map(({ name }, i) => [`${i} ${name}`, numbers[i]!]));
  const all = { ...withPrefix(ofVariables, copies), ...withPrefix(ofOptimizer, kept) };
  return toSafetensors(all, { [key]: text }).finally(() => tf.dispose(all));
}

/** What {@link packTraining} kept. */
export interface PackedTraining {
  /** The JSON that was given. */
  progress: unknown;
  /**
   * Gives the variables and the optimizer of a loop what was kept of them. All or nothing: other names, other shapes and another
   * optimizer are refused.
   */
  restore(loop: OwnLoop): Promise<void>;
}

/** Reads what {@link packTraining} wrote. A file that was changed is refused. */
export function unpackTraining(bytes: Uint8Array): PackedTraining {
  const { weights, metadata } = fromSafetensors(bytes);
  tf.dispose(weights);
  const { optimizer, progress } = savedIn(metadata[key]);
  return { progress, restore: (loop) => restore(fromSafetensors(bytes).weights, String(optimizer), loop) };
}

async function restore(
  weights: Weights,
  className: string,
  { variables, optimizer }: OwnLoop,
): Promise<void> {
  try {
    const own = optimizer.getClassName();
    if (className !== own) refuseLoop(`an optimizer ${className}`, own);
    const values = withoutPrefix(weights, ofVariables);
    checkSame(values, variables);
    await restoreState(optimizer, memoryIn(withoutPrefix(weights, ofOptimizer)));
    for (const [name, v] of Object.entries(variables)) v.assign(values[name]!);
  } finally {
    tf.dispose(weights);
  }
}

function savedIn(text = ''): { optimizer: unknown; progress: unknown } {
  const saved = text === '' ? undefined : parseJson(where, new TextEncoder().encode(text));
  if (!isObject(saved)) return refuseFile(where, 'what packTraining wrote', 'weights only');
  return { optimizer: saved.optimizer, progress: saved.progress };
}

/** In the order that the optimizer listed them in, which their names begin with. */
function memoryIn(kept: Weights): OptimizerState {
  const numbered = Object.entries(kept).map(([name, tensor]) => ({
    at: Number.parseInt(name, 10),
    name,
    tensor,
  }));
  return numbered
    .sort((a, b) => a.at - b.at)
    .map(({ at, name, tensor }) => ({ name: name.slice(`${at} `.length), tensor: tf.clone(tensor) }));
}

function checkSame(values: Weights, variables: Record<string, tf.Variable>): void {
  for (const [name, { shape }] of Object.entries(variables)) {
    const value = values[name] ?? refuseLoop(`a variable "${name}"`, 'none');
    if (!tf.util.arraysEqual(value.shape, shape))
      refuseLoop(`"${name}" of ${show(shape)}`, show(value.shape));
  }
  const unknown = Object.keys(values).find((name) => !Object.hasOwn(variables, name));
  if (unknown !== undefined) refuseLoop('only variables that the loop has', `"${unknown}" too`);
}

const show = (shape: readonly number[]) => `[${shape.join(', ')}]`;

const refuseLoop = (expected: string, got: string): never =>
  refuse(where, expected, got, 'Make the loop with the options that it was saved with; it is as it was.');

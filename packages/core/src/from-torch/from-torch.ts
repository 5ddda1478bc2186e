import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Weights } from '../bijection';
import { refuse, show } from '../errors';
import { checkOptions, either, listOf, nearest, oneOf, required, weightsByName } from '../options';
import { isObject } from '../registry';
import { sizeOf } from '../tensors/channels';
import { arraysOf, type NumberArray } from './array';
import { freia } from './freia';
import type { Reader, ReadModule, TorchModule } from './module';
import { nflows } from './nflows';
import { normflows } from './normflows';
import { inTurn } from './part';
import { State } from './state';

export type TorchLibrary = 'nflows' | 'normflows' | 'FrEIA';

/** A library of PyTorch: its modules, the names under which its models list them, and whether the last comes first. */
interface Library {
  readers: Record<string, Reader>;
  lists: readonly string[];
  lastFirst: boolean;
}

const libraries: Record<TorchLibrary, Library> = {
  nflows: { readers: nflows, lists: ['_transform._transforms', '_transforms'], lastFirst: false },
  normflows: { readers: normflows, lists: ['flows'], lastFirst: true },
  FrEIA: { readers: freia, lists: ['module_list'], lastFirst: false },
};

export interface FromTorchOptions {
  library: TorchLibrary;
  /** The modules of the model in the order of its list, or the one module that it is. */
  bijection: TorchModule | readonly TorchModule[];
  /** Its state_dict, as fromSafetensors of the layers reads it. */
  weights: Weights;
}

export interface FromTorch {
  /** From data to latent, in whichever direction the library counts. */
  bijection: Bijection;
  /** The weights of that, which the caller owns. */
  weights: Weights;
  /** Names of tensors outside of the bijection, such as those of a base distribution. */
  rest: string[];
}

const moduleRule = {
  expected: 'a module { kind, …its arguments }',
  holds: (value: unknown) => isObject(value) && 'kind' in value && typeof value.kind === 'string',
};

/**
 * A flow that was trained with nflows, normflows or FrEIA, as a bijection and its weights: the same map from data to latent.
 *
 * A state_dict has numbers and no structure, so `bijection` tells the class of each module, and those arguments of its constructor
 * that no tensor tells, under the names that PyTorch has for them. A module without counterpart is refused by name, as is every tensor
 * that would be left out. Images are [batch, height, width, channels] here: transpose them.
 *
 * ```ts
 * const state = { '_transforms.0._permutation': tf.tensor1d([1, 0], 'int32') };
 * const modules = [{ kind: 'ReversePermutation' }];
 * const { bijection, weights } = await core.fromTorch({ library: 'nflows', bijection: modules, weights: state });
 * const { y } = bijection.forward(tf.tensor2d([[1, 2]]), weights); // [[2, 1]]
 * ```
 */
export async function fromTorch(options: FromTorchOptions): Promise<FromTorch> {
  checkOptions('fromTorch', options, {
    library: required(oneOf(...Object.keys(libraries))),
    bijection: required(either(moduleRule, listOf(moduleRule, 1))),
    weights: required(weightsByName),
  });
  const { library, bijection: described, weights: tensors } = options;
  const { readers, lists, lastFirst } = libraries[library];
  const read: ReadModule = (state, { kind, ...args }) => readerOf(library, readers, kind)(state, args, read);
  const all = new State(await arraysOf(tensors));
  const isOne = isModule(described);
  const root = isOne ? all : lists.map((name) => all.at(name)).find((at) => at.names().length > 0);
  const state = root ?? all;
  const parts = isOne
    ? [read(state, described)]
    : described.map((module, i) => read(state.at(String(i)), module));
  state.checkAllTaken();
  const { bijection, weights } = inTurn(lastFirst ? parts.reverse() : parts);
  const rest = all.names().filter((name) => !name.startsWith(state.prefix));
  return { bijection, weights: tensorsOf(weights), rest };
}

const isModule = (described: FromTorchOptions['bijection']): described is TorchModule =>
  !Array.isArray(described);

/** Refuses a module that has no counterpart. */
function readerOf(library: string, readers: Record<string, Reader>, kind: string): Reader {
  const found = Object.hasOwn(readers, kind) ? readers[kind] : undefined;
  if (found) return found;
  const near = nearest(kind, Object.keys(readers));
  const remedy = near
    ? `Did you mean ${near}?`
    : 'It has no counterpart here: leave it out, or write its map by hand.';
  return refuse(
    'fromTorch',
    `a module of ${library}: ${Object.keys(readers).join(', ')}`,
    show(kind),
    remedy,
  );
}

const tensorsOf = (weights: Record<string, NumberArray>): Weights =>
  Object.fromEntries(
    Object.entries(weights).map(([name, { shape, numbers }]) => [
      name,
      tf.tensor([...numbers].slice(0, sizeOf(shape)), [...shape], 'float32'),
    ]),
  );

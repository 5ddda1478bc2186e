import * as tf from '@tensorflow/tfjs-core';
import { checkLivingTensor } from '../check';
import { callable, checkOptions, checkValue, listOf, tensor } from '../options';
import { tidy } from '../tidy';
import { type Draws, draws } from './draws';
import { checkMoment, type Read } from './moment';
import { recordAll } from './nested-tape';
import { registerOwnOp } from './own-op';
import { ownedCotangents } from './reversible/cotangent-ledger';
import { isNested, twice } from './tapes/twice';

/** A function of tensors; `again` tells a second evaluation, for the gradient, from the first. */
export type Recomputable = (inputs: tf.Tensor[], again: boolean) => tf.Tensor[];

export interface RecomputedOptions {
  /** What f reads besides its inputs and shall have gradients. */
  variables?: readonly tf.Variable[];
}

/** What one application keeps for its gradient, besides the inputs that the tape keeps. */
interface Evaluation {
  f: Recomputable;
  variables: readonly Read[];
  draws: Draws;
}

/** The attribute of the kernel is its evaluation; tfjs types attributes as plain values, but hands on what it is given. */
const evaluationOf = (attrs: unknown): Evaluation => (attrs as { evaluation: Evaluation }).evaluation;

/**
 * A function as one op that keeps its inputs only: its gradient evaluates it again, on a tape of its own. What lies between inputs
 * and outputs is stored while the gradient of this op is taken, and at no other time.
 * Random numbers without a seed, as those of dropout, are the same both times. Variables that get a gradient have to be named.
 * Chen et al. 2016, arXiv:1604.06174.
 *
 * ```ts
 * const w = tf.variable(tf.randomNormal([4, 4]));
 * const twoSteps = core.recomputed(([x]) => [tf.tanh(tf.matMul(tf.tanh(tf.matMul(x!, w)), w))], { variables: [w] });
 * const { grads } = tf.variableGrads(() => tf.sum(twoSteps([tf.ones([2, 4])])[0]!));
 * ```
 */
export function recomputed(f: Recomputable, options: RecomputedOptions = {}) {
  checkOptions('recomputed', options, { variables: listOf(tensor) });
  checkValue('recomputed', 'f', f, callable);
  const { variables = [] } = options;
  return (inputs: tf.Tensor[]): tf.Tensor[] => {
    checkValue('recomputed', 'inputs', inputs, listOf(tensor, 1));
    for (const t of inputs) checkLivingTensor('recomputed', 'each input', t);
    if (isNested()) return tidy(() => ({ y: twice(() => f(inputs, false)) })).y;
    const evaluation: Evaluation = { f, variables: [], draws: draws() };
    const named = Object.fromEntries([
      ...inputs.map((t, i) => [`x${i}`, t]),
      ...variables.map((t, i) => [`v${i}`, t]),
    ]);
    // tfjs asks for plain attributes, into which it never looks, and types the outputs of a kernel as one tensor.
    const attrs = { evaluation } as unknown as tf.NamedAttrMap;
    const outputs: unknown = tf.engine().runKernel(kernelFor(inputs.length), named, attrs);
    // Not before: the first batch may set some of them.
    evaluation.variables = variables.map((t) => ({ t, dataId: t.dataId }));
    return outputs as tf.Tensor[];
  };
}

/** The kernel for a number of inputs. */
function kernelFor(count: number): string {
  const names = Array.from({ length: count }, (_, i) => `x${i}`);
  return registerOwnOp(`InvertibleRecomputed${count}`, () => ({
    inputsToSave: names,
    kernelFunc: ({ inputs, attrs }) => {
      const { f, draws } = evaluationOf(attrs);
      // A kernel's inputs are typed as TensorInfo, but the engine hands on the tensors themselves.
      const given = names.map((name) => inputs[name] as tf.Tensor);
      return draws.first(() => tf.tidy(() => f(given, false).map((t) => own(t, given))));
    },
    gradFunc: (dys, saved, attrs) => gradient([dys].flat(), saved, evaluationOf(attrs)),
  }));
}

/** An output that is no input, which the caller would dispose twice. */
const own = (t: tf.Tensor, inputs: readonly tf.Tensor[]): tf.Tensor =>
  inputs.includes(t) || t instanceof tf.Variable ? tf.clone(t) : t;

function gradient(
  dys: tf.Tensor[],
  saved: tf.Tensor[],
  { f, variables, draws }: Evaluation,
): Record<string, () => tf.Tensor> {
  checkMoment('recomputed', variables);
  // Indices and the like have no cotangents.
  const floats = saved.flatMap((t, i) => (t.dtype === 'float32' ? [[`x${i}`, t] as const] : []));
  const wanted = [...floats, ...variables.map(({ t }, i) => [`v${i}`, t] as const)];
  const pulled = tf.tidy(() => {
    const { pullback } = draws.again(() => recordAll(() => f(saved, true)));
    return pullback(
      dys,
      wanted.map(([, t]) => t),
    );
  });
  // Its only reader has read it.
  for (const dy of dys) if (ownedCotangents.has(dy)) dy.dispose();
  for (const d of pulled.slice(0, floats.length)) ownedCotangents.add(d);
  const zeros = saved.map((t, i) => [`x${i}`, () => tf.zeros(t.shape)]);
  return {
    ...Object.fromEntries(zeros),
    ...Object.fromEntries(wanted.map(([key], i) => [key, () => pulled[i]!])),
  };
}

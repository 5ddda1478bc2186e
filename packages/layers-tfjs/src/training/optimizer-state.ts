import * as tf from '@tensorflow/tfjs-core';

export type OptimizerState = Awaited<ReturnType<tf.Optimizer['getWeights']>>;

/** What Adam and its kin keep besides the moments: powers of their betas, which tfjs would compute anew, to rounding only. */
type Powers = { accBeta1?: tf.Variable; accBeta2?: tf.Variable };
const powers = ['accBeta1', 'accBeta2'] as const;

const isPower = (name: string): name is (typeof powers)[number] => powers.some((power) => power === name);

// They are private.
const powersOf = (optimizer: tf.Optimizer) => optimizer as unknown as Powers;

/** A variable of an optimizer, as tfjs lists them in its members. */
const isListed = (item: unknown): item is { variable: tf.Variable } =>
  typeof item === 'object' && item !== null && 'variable' in item && item.variable instanceof tf.Variable;

/** Copies of the variables that an optimizer has now; it tells them later only, when a step may have changed them. */
const copiesNow = (optimizer: tf.Optimizer): Map<tf.Tensor, tf.Tensor> =>
  new Map(
    Object.values(optimizer)
      .flatMap((member: unknown) => (Array.isArray(member) ? member.filter(isListed) : []))
      .map(({ variable }) => [variable, tf.keep(tf.clone(variable))]),
  );

/**
 * A copy of all that an optimizer remembers at the call, whatever steps it makes before the promise settles. The caller disposes
 * the tensors.
 */
export async function copyState(optimizer: tf.Optimizer): Promise<OptimizerState> {
  const kept = powersOf(optimizer);
  const now = copiesNow(optimizer);
  const powersNow = powers.flatMap((name) =>
    kept[name] ? [{ name, tensor: tf.keep(tf.clone(kept[name])) }] : [],
  );
  const next = tf.tidy(() => tf.scalar(0).id);
  const state = await optimizer.getWeights();
  const copies = state.flatMap(({ name, tensor }) => {
    const copy = now.get(tensor);
    now.delete(tensor);
    if (copy) return [{ name, tensor: copy }];
    // The first step made it after the call.
    if (tensor instanceof tf.Variable && tensor.id > next) return [];
    return [{ name, tensor: tf.keep(tf.clone(tensor)) }];
  });
  // tfjs makes the number of steps a tensor for us; the rest are its own variables.
  tf.dispose(state.map(({ tensor }) => tensor).filter((t) => !(t instanceof tf.Variable)));
  tf.dispose([...now.values()]);
  return [...copies, ...powersNow];
}

/** What tfjs's own setWeights takes of a copy; the rest is disposed. */
export function stockState(state: OptimizerState): OptimizerState {
  tf.dispose(state.filter(({ name }) => isPower(name)).map(({ tensor }) => tensor));
  return state.filter(({ name }) => !isPower(name));
}

/** Makes an optimizer remember what {@link copyState} copied: to the last bit, so that training goes on as if it had not stopped. */
export async function restoreState(optimizer: tf.Optimizer, state: OptimizerState): Promise<void> {
  const before = await optimizer.getWeights();
  // setWeights makes variables of the tensors; it frees neither these nor the variables that it had.
  await optimizer.setWeights(state.filter(({ name }) => !isPower(name)));
  tf.dispose(before.map(({ tensor }) => tensor));
  for (const { name, tensor } of state) if (isPower(name)) powersOf(optimizer)[name]?.assign(tensor);
}

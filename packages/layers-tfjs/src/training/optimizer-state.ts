import * as tf from '@tensorflow/tfjs-core';

export type OptimizerState = Awaited<ReturnType<tf.Optimizer['getWeights']>>;

/** What Adam and its kin keep besides the moments: powers of their betas, which tfjs would compute anew, to rounding only. */
type Powers = { accBeta1?: tf.Variable; accBeta2?: tf.Variable };
const powers = ['accBeta1', 'accBeta2'] as const;

// They are private.
const powersOf = (optimizer: tf.Optimizer) => optimizer as unknown as Powers;

/** A copy of all that an optimizer remembers. The caller disposes the tensors. */
export async function copyState(optimizer: tf.Optimizer): Promise<OptimizerState> {
  const state = await optimizer.getWeights();
  const copies = state.map(({ name, tensor }) => ({ name, tensor: tf.keep(tf.clone(tensor)) }));
  // tfjs makes the number of steps a tensor for us; the rest are its own variables.
  tf.dispose(state.map(({ tensor }) => tensor).filter((t) => !(t instanceof tf.Variable)));
  const kept = powersOf(optimizer);
  return [
    ...copies,
    ...powers.flatMap((name) => (kept[name] ? [{ name, tensor: tf.keep(tf.clone(kept[name])) }] : [])),
  ];
}

/** Makes an optimizer remember what {@link copyState} copied: to the last bit, so that training goes on as if it had not stopped. */
export async function restoreState(optimizer: tf.Optimizer, state: OptimizerState): Promise<void> {
  const before = await optimizer.getWeights();
  const isPower = (name: string): name is (typeof powers)[number] => powers.some((power) => power === name);
  // setWeights makes variables of the tensors; it frees neither these nor the variables that it had.
  await optimizer.setWeights(state.filter(({ name }) => !isPower(name)));
  tf.dispose(before.map(({ tensor }) => tensor));
  for (const { name, tensor } of state) if (isPower(name)) powersOf(optimizer)[name]?.assign(tensor);
}

import { type LinearOperator, landweber } from '@invertible/core';
import { activationBytes } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs';
import { floatsOf, numberOf } from '../measure';
import { picture } from '../picture';
import type { Measured } from './data';
import type { Solver } from './solver';

/** Images of a row of the picture. */
const shown = 8;

const firstOf = (x: tf.Tensor): Promise<Float32Array> =>
  floatsOf(tf.slice(x, 0, Math.min(shown, x.shape[0] ?? 0)));

/** Mean over the images of the peak signal-to-noise ratio, of numbers within [0, 1]. */
const decibels = (x: tf.Tensor, truth: tf.Tensor): Promise<number> =>
  numberOf(
    tf.tidy(() => {
      const errors = tf.mean(tf.square(tf.sub(x, truth)), [1, 2, 3]);
      return tf.mean(tf.mul(tf.log(errors), -10 / Math.LN10));
    }),
  );

interface Methods {
  operator: LinearOperator;
  machine: Solver;
  iterations: number;
  /** Length of a step of the Landweber iteration. */
  step: number;
}

/** Solves for held-out phantoms by every method: decibels by title, and the picture of them. */
export async function compare(
  held: Measured,
  { operator, machine, iterations, step }: Methods,
  size: number,
): Promise<{ psnr: Record<string, number>; png: Buffer }> {
  const solutions = {
    'Adjoint, scaled': landweber(operator, held.d, { steps: 1, step }),
    // The first step from zero is the adjoint alone.
    [`Landweber, ${iterations} more steps`]: landweber(operator, held.d, { steps: iterations + 1, step }),
    'Landweber, 200 steps': landweber(operator, held.d, { steps: 200, step }),
    [`i-RIM, ${iterations} iterations`]: machine.solve(held.d),
  };
  const blocks = [{ title: 'Held-out phantoms', images: await firstOf(held.x) }];
  const psnr: Record<string, number> = {};
  for (const [method, x] of Object.entries(solutions)) {
    const db = await decibels(x, held.x);
    const title = `${method}: ${db.toFixed(2)} dB`;
    console.log(title);
    psnr[method] = db;
    blocks.push({ title, images: await firstOf(x) });
    x.dispose();
  }
  const zoom = Math.max(1, Math.round(64 / size));
  return { psnr, png: picture(blocks, { side: size, columns: shown, zoom }) };
}

/** Peak activation bytes of a training step, after one that sets the kernels up. */
export async function memoryOf(machine: Solver, { x, d }: Measured): Promise<number> {
  const step = () => {
    const { value, grads } = tf.variableGrads(
      () => tf.losses.meanSquaredError(x, machine.solve(d)),
      machine.variables,
    );
    value.dispose();
    return Object.values(grads);
  };
  tf.dispose(step());
  return (await activationBytes(step)).activations;
}

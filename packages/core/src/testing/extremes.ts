import * as tf from '@tensorflow/tfjs-core';
import { InvertibleError } from '../errors';
import { read } from './read';
import type { Sample } from './sample';

/**
 * What is NaN of a single sample of 0 and ±1e30 in forward, inverse and the x that the pullback rebuilds: the names of these
 * results, none when all is well. Gradients are asked at ±1e9: they hold products of inputs, and those of 1e30 are beyond
 * float32 whatever the code. An InvertibleError is as good as a number: it says what is wrong.
 */
export async function notNumbers({ bijection, x, w, c }: Sample): Promise<string[]> {
  const given =
    c &&
    tf.tidy(() =>
      tf.reshape(tf.slice(tf.reshape(c, [c.shape[0], -1]), [0, 0], [1, -1]), [1, ...c.shape.slice(1)]),
    );
  const cycle = (values: readonly number[], shape: readonly number[]) =>
    tf.tensor(
      Array.from({ length: shape.reduce((n, s) => n * s, 1) }, (_, i) => values[i % values.length]!),
      [...shape],
    );
  const extremes = (shape: readonly number[], v: number) => cycle([0, v, -v, v, 0, -v, -v], shape);
  const inputs = [1, ...x.shape.slice(1)];
  const outputs = bijection.outputShape(inputs);
  const pull = (v: number) =>
    bijection.pullback(extremes(outputs, v), cycle([0.5, -1.5, 2], outputs), tf.ones([1]), w, given);
  const results: Record<string, () => Record<string, tf.Tensor>> = {
    forward: () => ({ ...bijection.forward(extremes(inputs, 1e30), w, given) }),
    inverse: () => ({ ...bijection.inverse(extremes(outputs, 1e30), w, given) }),
    pullback: () => ({ x: pull(1e30).x }),
    gradient: () => {
      const { dx, dw, dc } = pull(1e9);
      return { dx, ...dw, ...(dc && { dc }) };
    },
  };
  const bad: string[] = [];
  for (const [method, f] of Object.entries(results)) {
    try {
      let names: string[] = [];
      const values = await read(() => {
        const made = f();
        names = Object.keys(made);
        return Object.values(made);
      });
      bad.push(...names.filter((_, i) => values[i]!.some(Number.isNaN)).map((name) => `${method}: ${name}`));
    } catch (error) {
      if (!(error instanceof InvertibleError)) throw error;
    }
  }
  given?.dispose();
  return bad;
}

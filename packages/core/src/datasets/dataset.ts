import * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../check';
import { logRoot2Pi } from '../distributions/normal';
import { refuse } from '../errors';
import { checkOptions, checkValue, printed, type Rules, required, seed, whole } from '../options';
import { type RandomNumbers, randomNumbers } from '../random';
import { channels } from '../tensors/channels';

/** A distribution on the plane to try flows on. */
export interface Dataset {
  readonly name: string;
  /** [n, 2], a function of the seed alone. */
  sample(n: number, options: { seed: number }): tf.Tensor2D;
  /** The differential entropy in nats: the least mean −log q(x) that any model reaches. Null where it has no closed form. */
  readonly entropy: number | null;
  /** log p(x), [n, 2] → [n], −∞ outside the support; where it is known. */
  logProb?(x: tf.Tensor): tf.Tensor1D;
  /** [from, to] along both axes, around at least 99.9 % of the points. */
  readonly window: readonly [readonly [number, number], readonly [number, number]];
  toString(): string;
}

interface Description extends Pick<Dataset, 'window'> {
  entropy?: number;
  /** One point. */
  draw(random: RandomNumbers): readonly [number, number];
  /** log p from the coordinates, [n] each. */
  density?(x: tf.Tensor, y: tf.Tensor): tf.Tensor;
}

/** A kind of dataset: a rule for each option, and what the options describe. @__NO_SIDE_EFFECTS__ */
export const defineDataset =
  <Options extends object>(
    name: string,
    rules: Rules<Options>,
    describe: (options?: Options) => Description,
  ): ((options?: Options) => Dataset) =>
  (options) => {
    if (options !== undefined) checkOptions(name, options, rules);
    return { ...dataset(name, describe(options)), toString: () => printed(name, options) };
  };

const dataset = (
  name: string,
  { draw, density, window, entropy }: Description,
): Omit<Dataset, 'toString'> => ({
  name,
  window,
  entropy: entropy ?? null,
  sample(n, options) {
    checkValue(name, 'n', n, { ...whole(1, 2 ** 30), remedy: 'Such as sample(1000, {seed: 0}).' });
    checkOptions(name, options, { seed: required(seed) });
    const random = randomNumbers(options.seed);
    const points = new Float32Array(2 * n);
    for (let i = 0; i < n; i++) points.set(draw(random), 2 * i);
    return tf.tensor2d(points, [n, 2]);
  },
  ...(density && {
    logProb: (x) =>
      tf.tidy(() => {
        checkTensor(name, 'x', x);
        if (x.rank !== 2 || channels(x.shape) !== 2) refuse(name, 'points [n, 2]', x.shape, 'One in a row.');
        const coordinate = (i: number) => tf.reshape(tf.slice(x, [0, i], [-1, 1]), [-1]);
        return tf.reshape(density(coordinate(0), coordinate(1)), [-1]);
      }),
  }),
});

/** log N(t; 0, deviation²) */
export const logNormal = (t: tf.Tensor, deviation: number): tf.Tensor =>
  tf.sub(tf.mul(-0.5 / deviation ** 2, tf.square(t)), Math.log(deviation) + logRoot2Pi);

/** The same window along both axes. */
export const square = (from: number, to: number): Dataset['window'] => {
  const axis = [from, to] as const;
  return [axis, axis];
};

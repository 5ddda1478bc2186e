import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';

export interface LearnerOptions {
  /** What each coupling moves numbers by. */
  coupling: (typeof kinds)[number];
  /** Couplings. Default: 10 affine ones, 2 of splines. */
  layers?: number;
  /** Of each spline. */
  bins: number;
  /** Width of the two hidden layers in each. */
  hidden: number;
  seed: number;
}

/** A flow of couplings on the plane under training. */
export interface Learner {
  flow: core.Distribution;
  bijection: core.Bijection;
  /** Those of the flow. */
  w: Record<string, tf.Variable>;
  /** One step of Adam with this rate towards the likelihood of points [n, 2]. */
  step(x: tf.Tensor2D, rate: number): void;
  /** Frees the optimizer. */
  end(): void;
}

/** Kinds of couplings. */
export const kinds = ['affine', 'spline'] as const;

export const layersOf = ({ coupling, layers = coupling === 'affine' ? 10 : 2 }: LearnerOptions): number =>
  layers;

/** The highest learning rate of each kind. */
export const rates = { affine: 0.005, spline: 0.02 } as const;

/** Splines end outside of the points, where the base has next to no mass. */
const bound = 4;

const networkOf = (options: LearnerOptions): core.Bijection => {
  const { coupling, hidden, bins, seed } = options;
  const common = { layers: layersOf(options), hidden, seed };
  return coupling === 'affine' ? core.realNvp(common) : core.splineFlow({ ...common, bins, bound });
};

/** A fresh flow, whose norms are set from points of the data. */
export function learnerOf(data: core.Dataset, options: LearnerOptions): Learner {
  const { seed } = options;
  const bijection = networkOf(options);
  const flow = core.flow({ bijection });
  const fresh = core.createWeights(flow, [2], { seed });
  const first = data.sample(4096, { seed });
  const set = flow.initialize!(first, fresh);
  const w = Object.fromEntries(
    Object.keys(fresh).map((name) => [name, tf.variable(set[name] ?? fresh[name]!)]),
  );
  tf.dispose([first, fresh, set]);
  const optimizer = tf.train.adam();
  return {
    flow,
    bijection,
    w,
    step(x, learningRate) {
      Object.assign(optimizer, { learningRate });
      optimizer.minimize(() => tf.neg(tf.mean<tf.Scalar>(flow.logProb(x, w))), false, Object.values(w));
    },
    end: () => optimizer.dispose(),
  };
}

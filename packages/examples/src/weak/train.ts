import { intersectionOverUnion } from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import { floatsOf, numberOf } from '../measure';
import { trainSteps } from '../steps';
import { networkOf } from './network';
import type { Scene } from './scene';
import { type Supervision, supervisions } from './supervision';

export interface TrainOptions {
  steps: number;
  points: number;
  layers: number;
  hidden: number;
  seed: number;
}

type Running = Pick<Parameters<typeof trainSteps>[1], 'out' | 'resume' | 'later' | 'interruption'>;

/** A trained network in figures. */
export interface Outcome {
  supervision: Supervision;
  seed: number;
  stepsDone: number;
  seconds: number;
  interrupted: boolean;
  /** Of the brain, and of what is not. */
  iou: { brain: number; other: number };
  /** The part of each slice that the network takes for brain. */
  area: number[];
  /** Before each step: the IoU of the brain, and the part of all slices that the network takes for brain. */
  curve: { iou: number[]; area: number[] };
  /** The probability of brain: [slices, rows, columns]. */
  output: Float32Array;
}

/** What the network takes for brain. */
const decided = (y: tf.Tensor): tf.Tensor => tf.cast(tf.greater(y, 0.5), 'float32');

/** Trains a network on a scene. What it is given besides the scene is the same for all kinds of supervision. */
export async function train(
  supervision: Supervision,
  scene: Scene,
  options: TrainOptions,
  running: Running,
): Promise<Outcome> {
  const { steps, seed } = options;
  const network = networkOf(options);
  const loss = supervisions[supervision](scene);
  // A variable, so that a checkpoint keeps it.
  const curve = tf.variable(tf.zeros([steps, 2]), false);
  const optimizer = tf.train.adam(0.005);
  const note = (n: number, y: tf.Tensor) => {
    const mask = decided(y);
    const figures = tf.stack([intersectionOverUnion(mask, scene.truth), tf.mean(mask)]);
    const row = tf.cast(tf.oneHot(tf.tensor1d([n], 'int32'), steps), 'float32');
    curve.assign(tf.add(curve, tf.mul(tf.reshape(row, [steps, 1]), figures)));
  };
  const step = (n: number): tf.Scalar =>
    tf.tidy(() => {
      const learn = () => {
        const y = network.output(scene.input);
        note(n, y);
        return loss(y);
      };
      const { value, grads } = tf.variableGrads(learn, Object.values(network.variables));
      optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
      return value;
    });
  const loop = { variables: { ...network.variables, curve }, optimizer, step };
  const name = `${supervision}-${seed}`;
  const { done, seconds, interrupted } = await trainSteps(loop, {
    ...running,
    steps,
    options: { ...options },
    name,
  });
  const figures = await measure(
    tf.tidy(() => network.output(scene.input)),
    scene,
  );
  const noted = Array.from(await floatsOf(tf.slice(curve, 0, done)));
  const column = (k: number) => noted.filter((_, i) => i % 2 === k);
  tf.dispose(loop.variables);
  optimizer.dispose();
  return {
    ...{ supervision, seed, stepsDone: done, seconds, interrupted },
    ...figures,
    curve: { iou: column(0), area: column(1) },
  };
}

async function measure(y: tf.Tensor, { truth }: Scene): Promise<Pick<Outcome, 'iou' | 'area' | 'output'>> {
  const mask = tf.tidy(() => decided(y));
  const brain = await numberOf(intersectionOverUnion(mask, truth));
  const other = await numberOf(tf.tidy(() => intersectionOverUnion(tf.sub(1, mask), tf.sub(1, truth))));
  const area = Array.from(await floatsOf(tf.mean(mask, [1, 2, 3])));
  mask.dispose();
  return { iou: { brain, other }, area, output: await floatsOf(y) };
}

import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import type { Scene } from '../data/landsat';
import type { Interruption } from '../interruption';
import { floatsOf, numberOf } from '../measure';
import { trainSteps } from '../steps';
import { baselines } from './baselines';
import { twoDates } from './dates';
import { pointLabels } from './labels';
import { changeNetwork } from './network';
import type { Shown } from './picture';
import { pairOfDates } from './volume';

export interface Settings {
  side: number;
  points: number;
  layers: number;
  hidden: number;
  steps: number;
  rate: number;
}

export interface Result {
  seed: number;
  /** Intersection over union with the truth, without the labelled pixels, by the title of the map. */
  iou: Record<string, number>;
  stepsDone: number;
  seconds: number;
  inverseError: number;
  interrupted: boolean;
  shown: Shown;
}

interface Run {
  out: string;
  resume: boolean | undefined;
  /** Whether other scenes come before. */
  later: boolean;
  interruption: Interruption;
}

/** Makes a second date by a seed, labels pixels, trains a network on the whole volume, and compares the maps. */
export async function detect(
  scene: Scene,
  seed: number,
  settings: Settings,
  { out, resume, later, interruption }: Run,
): Promise<Result> {
  const { side, points, steps, rate, ...shape } = settings;
  const dates = twoDates(scene, side, seed);
  const labels = pointLabels(dates.truth, side, points, seed);
  const volume = pairOfDates(dates);
  const network = changeNetwork(volume, { ...shape, seed });
  const variables = Object.values(network.variables);
  const optimizer = tf.train.adam(rate);
  const name = `scene-${seed}`;
  const step = () => {
    const loss = optimizer.minimize(() => network.loss(labels), true, variables);
    return loss ?? core.refuse('change', 'a loss', 'none', 'This cannot be.');
  };
  const trained = await trainSteps(
    { variables: network.variables, optimizer, step },
    {
      ...{ steps, out, interruption, name, options: { seed, side, points, rate, ...shape } },
      ...{ resume, later },
      show: (loss) => `${loss.toFixed(3)} nats`,
    },
  );
  const probability = await floatsOf(network.probability());
  const maps = Object.entries({
    'hyperbolic network': Uint8Array.from(probability, (p) => Number(p > 0.5)),
    ...(await baselines(dates, labels)),
  });
  const iou: Record<string, number> = {};
  for (const [title, map] of maps)
    iou[title] = await overlap(
      map,
      dates.truth,
      labels.map(({ y, x }) => y * side + x),
    );
  const inverseError = await numberOf(network.inverseError());
  tf.dispose([volume, network.variables]);
  optimizer.dispose();
  const titled = maps.map(([title, map]) => [`${title}: IoU ${iou[title]?.toFixed(2)}`, map] as const);
  const { done, seconds, interrupted } = trained;
  const shown = { dates, labels, probability, maps: titled };
  return { seed, iou, stepsDone: done, seconds, inverseError, interrupted, shown };
}

/** Without the pixels whose class was told. */
function overlap(map: Uint8Array, truth: Uint8Array, told: readonly number[]): Promise<number> {
  const where = new Uint8Array(map.length).fill(1);
  for (const p of told) where[p] = 0;
  return numberOf(
    tf.tidy(() =>
      core.intersectionOverUnion(tf.tensor1d(map), tf.tensor1d(truth), { where: tf.tensor1d(where) }),
    ),
  );
}

import * as core from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import { pixels, side } from './data';

export interface FlowOptions {
  /** Steps of flow at each of the two scales. */
  depth: number;
  /** Channels of the hidden layers of each coupling. */
  hidden: number;
  seed: number;
  gradient?: 'reversible' | 'stored';
}

/** Logit, then a Glow of two scales: one reversible op of all its steps, a vector of 784 latents, a Gaussian at the end. */
export function buildFlow({ depth, hidden, seed, gradient = 'reversible' }: FlowOptions): tf.Sequential {
  const model = tf.sequential();
  model.add(inn.logit({ inputShape: [side, side, 1], gradient }));
  model.add(inn.glow.layer({ scales: 2, steps: depth, hidden, seed: 1000 * seed, gradient }));
  model.add(inn.gaussianLikelihood());
  return model;
}

/** Nats per image of numbers within [0, 1] to bits per dimension of bytes. */
export const bitsPerDim = (nats: number): number => core.bitsPerDim(nats, pixels);

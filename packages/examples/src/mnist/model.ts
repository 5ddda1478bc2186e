import * as core from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import { classes, pixels, side } from './data';
import { digitFlowLayer } from './digit-flow';

export interface ModelOptions {
  /** Steps of flow at 14 × 14 and at 7 × 7 pixels. */
  fine: number;
  coarse: number;
  /** Channels of the hidden layers of each coupling. */
  hidden: number;
  seed: number;
  gradient?: 'reversible' | 'stored';
}

/** The flow of digits, one reversible op of all its steps, over a Gaussian of each class. */
export const buildFlow = ({ fine, coarse, hidden, seed, gradient = 'reversible' }: ModelOptions): inn.Flow =>
  inn.flow({
    bijection: digitFlowLayer({ fine, coarse, hidden, seed: 1000 * seed, gradient }),
    shape: [side, side, 1],
    condition: [classes],
    base: { kind: 'conditionalNormal', conditioner: { kind: 'dense', layers: 0 } },
    seed: 1000 * seed,
  });

/** Nats per image of numbers within [0, 1] to bits per dimension of bytes. */
export const bitsPerDim = (nats: number): number => core.bitsPerDim(nats, pixels);

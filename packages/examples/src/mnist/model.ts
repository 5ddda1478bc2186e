import * as inn from '@invertible/layers-tfjs';
import * as tfl from '@tensorflow/tfjs-layers';
import { pixels, side } from './data';

export interface FlowOptions {
  /** Steps of flow at each of the two scales. */
  depth: number;
  /** Channels of the hidden layers of each coupling. */
  hidden: number;
  seed: number;
  gradient?: 'reversible' | 'stored';
}

/** Logit, then twice: squeeze and `depth` steps of ActNorm, 1×1 convolution and affine coupling; a Gaussian at the end. */
export function buildFlow({ depth, hidden, seed, gradient = 'reversible' }: FlowOptions): tfl.Sequential {
  const model = tfl.sequential();
  model.add(inn.logit({ inputShape: [side, side, 1], gradient }));
  for (let scale = 0; scale < 2; scale++) {
    model.add(inn.squeeze({ gradient }));
    for (let k = 0; k < depth; k++) {
      const own = { seed: 1000 * seed + 100 * scale + k, gradient };
      model.add(inn.actNorm(own));
      model.add(inn.conv1x1(own));
      model.add(inn.affineCoupling({ ...own, hidden, flip: k % 2 === 1 }));
    }
  }
  model.add(inn.gaussianLikelihood());
  return model;
}

/** Nats per image of numbers within [0, 1] to bits per dimension of bytes: the scaling by 256 adds 8 bits. */
export const bitsPerDim = (nats: number): number => nats / (pixels * Math.LN2) + 8;

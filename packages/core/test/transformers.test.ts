import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { broken, type LawName, laws, ofSmoothMaps, sample } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { checked } from '../src/edge';
import { coupling } from '../src/engines/coupling';
import { elementwise } from '../src/engines/elementwise';
import { networkOfCondition } from '../src/engines/network-source';
import { constants, weightsPer } from '../src/engines/sources';
import { affine, scaleAndShift, shift } from '../src/transformers/affine';
import { boundedAffine } from '../src/transformers/bounded-affine';
import { circularShift } from '../src/transformers/circular-shift';
import { damp } from '../src/transformers/damp';
import { rationalQuadratic } from '../src/transformers/rational-quadratic';
import { reflect } from '../src/transformers/reflect';
import type { Transformer } from '../src/transformers/transformer';
import { smooth } from './smooth';

/** Every transformer with parameters. One that is new is a line more, and serves every source at once. */
const transformers: Record<string, Transformer> = {
  shift,
  affine: affine(),
  'affine, bounded by tanh': boundedAffine({}),
  'affine, volume preserving': boundedAffine({ volumePreserving: true }),
  'rational-quadratic spline': rationalQuadratic({ bins: 4 }),
  reflect,
  'circular shift': circularShift({ bounds: [-12, 12] }),
  damp: damp(0.9),
};

/** Where its parameters come from, and so what kind of layer it is. */
const sources: Record<string, (phi: Transformer) => ReturnType<typeof elementwise>> = {
  'a weight per channel': (phi) => elementwise('own', phi, weightsPer('channel', phi.parameters)),
  'a weight per number': (phi) => elementwise('own', phi, weightsPer('none', phi.parameters)),
  'a network of the condition': (phi) =>
    elementwise('given', phi, networkOfCondition(smooth, phi.parameters)),
  'a network of the other half': (phi) => coupling('coupled', phi, { conditioner: smooth }),
};

const shapes = { vectors: [3, 4], 'one vector': [1, 4], images: [2, 2, 2, 4] };

beforeAll(() => tf.setBackend('cpu'));

describe.each(Object.keys(transformers))('%s', (name) => {
  const phi = transformers[name] as Transformer;
  describe.each(Object.keys(sources))('by %s', (from) => {
    test.each(Object.entries(shapes))('keeps all laws, on %s', async (_, shape) => {
      const bijection = checked((sources[from] as (typeof sources)[string])(phi));
      const given = from.includes('condition') ? { condition: [shape[0] as number, 3] } : {};
      for (const law of Object.keys(laws) as LawName[]) {
        // The slope of a spline has kinks at its knots.
        if (ofSmoothMaps.includes(law) && name.includes('spline')) continue;
        // A network may put out any number, and so scales beyond float32 where nothing bounds them.
        if (law === 'extremes' && name === 'affine' && from.includes('network')) continue;
        expect(await broken(law, sample(bijection, shape, given))).toEqual([]);
      }
    });
  });
});

test('constants of either sign, for all channels and for each', async () => {
  for (const scale of [-2, [0.5, -1, 2, 3]]) {
    const bijection = checked(elementwise('fixed', scaleAndShift, constants({ scale, shift: 1 })));
    for (const law of Object.keys(laws) as LawName[]) {
      expect(await broken(law, sample(bijection, [2, 2, 4]))).toEqual([]);
    }
  }
});

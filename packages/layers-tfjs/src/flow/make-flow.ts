import * as core from '@invertible/core';
import * as tfl from '@tensorflow/tfjs-layers';
import { bijectionLayer } from '../bijection-layer';
import { InvertibleLayer } from '../invertible-layer';
import { InvertibleLikelihood } from '../likelihood';
import { Flow } from './flow';

export interface FlowOptions {
  /** From x to the latent: an invertible layer, such as those of the networks, or a bijection of core. */
  bijection: InvertibleLayer | core.Bijection;
  /** Shape of one sample of x. */
  shape: readonly number[];
  /** Shape of one condition, null where it may be of any size, such as the members of a set. Default: none. */
  condition?: readonly (number | null)[];
  /** The distribution of the latent, as data. Default: the standard normal. */
  base?: core.DistributionSpec;
  /** Seed of the initial weights. Default 0. */
  seed?: number;
}

const { having, optionsOf, required, sampleShape, whole } = core.rules;
const size = whole(1, 2 ** 31);

export const flowRules: core.Rules<FlowOptions> = {
  bijection: required({
    expected: 'an invertible layer or a bijection',
    holds: (value) =>
      value instanceof InvertibleLayer || having('forward', 'inverse', 'weights').holds(value),
  }),
  shape: required(sampleShape),
  condition: {
    expected: 'the shape of one condition, null where it may be of any size',
    holds: core.rules.listOf({ expected: '', holds: (n) => n === null || size.holds(n) }, 1, 5).holds,
  },
  base: optionsOf('distributionOf'),
  seed: core.rules.seed,
};

/**
 * A normalizing flow of any bijection.
 *
 * ```ts
 * const moons = inn.flow({ bijection: inn.affineCoupling({ hidden: 16 }), shape: [2] });
 * await moons.fit(tf.randomNormal([64, 2]), { epochs: 2, verbose: 0 });
 * const density = moons.logProb(moons.sample(10, { seed: 1 })); // [10]
 * ```
 */
export function flow(options: FlowOptions): Flow {
  core.checkOptions('flow', options, flowRules);
  const { bijection, shape, condition, base, seed = 0 } = options;
  const layer = bijection instanceof InvertibleLayer ? bijection : bijectionLayer(bijection, { seed });
  const x = tfl.input({ shape: [...shape] });
  const c = condition && tfl.input({ shape: [...condition] });
  const inputs = c ? [x, c] : x;
  const z = layer.apply(inputs) as tfl.SymbolicTensor;
  const head = new InvertibleLikelihood({ seed, ...(base && { base }) });
  const given = c && base?.kind === 'conditionalNormal' ? [z, c] : z;
  const outputs = head.apply(given) as tfl.SymbolicTensor;
  return new Flow(tfl.model({ inputs, outputs }));
}

import * as core from '@invertible/core';
import * as tfl from '@tensorflow/tfjs-layers';
import { bijectionLayer } from '../bijection-layer';
import { InvertibleLayer } from '../invertible-layer';
import { joinConditions } from '../join-conditions';
import { InvertibleLikelihood } from '../likelihood';
import { Flow } from './flow';

/** Of one condition. */
export type ConditionShape = readonly (number | null)[];

export interface FlowOptions {
  /** From x to the latent: an invertible layer, such as those of the networks, or a bijection of core. */
  bijection: InvertibleLayer | core.Bijection;
  /** Shape of one sample of x. */
  shape: readonly number[];
  /**
   * Shape of one condition, null where it may be of any size, such as the members of a set; or the shapes of several, in a list or by
   * name, as in { label: [10], image: [8, 8, 1] }, which are joined: {@link JoinConditions}. Default: none.
   */
  condition?: ConditionShape | readonly ConditionShape[] | Readonly<Record<string, ConditionShape>>;
  /** The distribution of the latent, as data. Default: the standard normal. */
  base?: core.DistributionSpec;
  /** Seed of the initial weights. Default 0. */
  seed?: number;
}

const { having, optionsOf, required, sampleShape, whole } = core.rules;
const size = whole(1, 2 ** 31);

const shape = core.rules.listOf({ expected: '', holds: (n) => n === null || size.holds(n) }, 1, 5);
const isShape = (value: unknown): value is ConditionShape => shape.holds(value);
/** Several shapes, under what can be names of layers. */
const areShapes = (value: unknown): boolean => {
  const all = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return all.length > 0 && all.every(([name, shape]) => /^\w+$/.test(name) && isShape(shape));
};

export const flowRules: core.Rules<FlowOptions> = {
  bijection: required({
    expected: 'an invertible layer or a bijection',
    holds: (value) =>
      value instanceof InvertibleLayer || having('forward', 'inverse', 'weights').holds(value),
  }),
  shape: required(sampleShape),
  condition: {
    expected:
      'the shape of one condition, null where it may be of any size, or those of several, in a list or by name',
    holds: (value) => isShape(value) || areShapes(value),
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
  const given = inputsFor(condition);
  const c = given.length > 1 ? (joinConditions().apply(given) as tfl.SymbolicTensor) : given[0];
  const z = layer.apply(c ? [x, c] : x) as tfl.SymbolicTensor;
  const head = new InvertibleLikelihood({ seed, ...(base && { base }) });
  const outputs = head.apply(c && base?.kind === 'conditionalNormal' ? [z, c] : z) as tfl.SymbolicTensor;
  return new Flow(tfl.model({ inputs: [x, ...given], outputs }));
}

/** An input for each condition; those of several have their names. */
function inputsFor(condition: FlowOptions['condition']): tfl.SymbolicTensor[] {
  if (condition === undefined) return [];
  if (isShape(condition)) return [tfl.input({ shape: [...condition] })];
  const named = Object.entries<ConditionShape>(condition);
  return named.map(([name, shape]) =>
    tfl.input({ shape: [...shape], name: Array.isArray(condition) ? `condition${name}` : name }),
  );
}

import type * as inn from '@invertible/layers-tfjs';
import type * as tf from '@tensorflow/tfjs';
import type { Libraries } from '../../libraries';

type Gradient = inn.InvertibleLayer['gradient'];
type Make = (args: inn.InvertibleLayerArgs) => inn.InvertibleLayer;

/** Options and surroundings that a kind of layer needs besides its defaults. */
interface Kind {
  options?: object;
  /** Every other layer is the inverse: it always is where the shape changes. */
  paired?: boolean;
  /** Options of the inverse, besides these. */
  back?: object;
  /** The inverse layer comes first. */
  inverseFirst?: boolean;
  /** Shape of a condition, without the batch. */
  condition?: number[];
}

export const shape = [16, 16, 16];
const net = { options: { hidden: 32 } };
const kinds: Record<string, Kind> = {
  additiveCoupling: net,
  affineCoupling: net,
  // Many times over, they take all numbers to one, from which there is no way back.
  arctan: { paired: true },
  sigmoid: { paired: true },
  softplus: { paired: true },
  conditionalAffine: { ...net, condition: [16, 16, 8] },
  conditionalHintCoupling: net,
  flatten: { back: { from: shape } },
  glowCoupling: net,
  hintCoupling: net,
  hyperbolic: net,
  irimCoupling: net,
  // Its domain is the unit interval, where its inverse ends.
  logit: { paired: true, inverseFirst: true },
  momentum: net,
  pad: { options: { multiple: 5 }, back: { size: [16, 16] } },
  reshape: { options: { to: [256, 16] }, back: { from: shape } },
  splineCoupling: net,
};

const isLayer = (factory: object): factory is Make =>
  // Only layers say their kind; networks are made of them. 0.1.0 called it `about`.
  typeof factory === 'function' && ('metadata' in factory || 'about' in factory);

/** The factories of all kinds of layers of a checkout, by their names. */
export const factoriesOf = ({ inn }: Libraries): Map<string, Make> =>
  new Map(
    Object.entries<object>(inn).flatMap(([name, factory]) => (isLayer(factory) ? [[name, factory]] : [])),
  );

/** A kind of layer in the libraries of one checkout. */
export interface Subject {
  name: string;
  make: Make;
  libraries: Libraries;
}

/** A batch of inputs, and of conditions where the kind has some; the same numbers in every checkout. */
export function inputsFor({ name, libraries: { tf } }: Subject, batch: number): tf.Tensor[] {
  const normal = (of: number[], seed: number) => tf.randomNormal([batch, ...of], 0, 1, 'float32', seed);
  // A variable, so that the gradient goes through the first layer too, as in the middle of a network.
  const x = tf.variable(normal(shape, 1));
  const condition = kinds[name]?.condition;
  return condition ? [x, normal(condition, 2)] : [x];
}

/** So many layers of a kind, one after the other, and a likelihood. */
export function build(
  { name, make, libraries: { tf, inn } }: Subject,
  depth: number,
  gradient: Gradient = 'reversible',
): tf.LayersModel {
  const kind = kinds[name] ?? {};
  const input = tf.input({ shape });
  const condition = kind.condition && tf.input({ shape: kind.condition });
  const apply = (layer: tf.layers.Layer, inputs: tf.SymbolicTensor | tf.SymbolicTensor[]) => {
    const y = layer.apply(inputs);
    if (y instanceof tf.SymbolicTensor) return y;
    throw new TypeError(`"${layer.name}" has several outputs.`);
  };
  let y = input;
  for (let k = 0; k < depth; k++) {
    const turned = kind.paired
      ? (k % 2 === 1) !== (kind.inverseFirst ?? false)
      : y.shape.slice(1).join() !== shape.join();
    const own = turned ? { ...kind.options, ...kind.back, inverse: true } : kind.options;
    const layer = make({ ...own, seed: k, gradient });
    y = apply(layer, condition ? [y, condition] : y);
  }
  const outputs = apply(inn.gaussianLikelihood(), y);
  return tf.model({ inputs: condition ? [input, condition] : input, outputs });
}

import { checkOptions, joinEverywhere, refuse } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { headRules, type LayerArgs } from './layer-args';
import { register } from './register';
import { allListed, type LayerShape, openShape, sizes } from './shapes';

/**
 * Several conditions as one: their channels side by side, in the order given; one without spatial axes is the same at every pixel.
 *
 *     [batch, …spatial, K₁], [batch, K₂], … → [batch, …spatial, K₁ + K₂ + …]
 *
 * `flow` puts it before a bijection that has several conditions; in functional models it does the same.
 *
 * ```ts
 * const [image, label] = [tfl.input({ shape: [4, 4, 1] }), tfl.input({ shape: [3] })];
 * const condition = inn.joinConditions().apply([image, label]) as tfl.SymbolicTensor; // [null, 4, 4, 4]
 * ```
 */
export class JoinConditions extends tfl.layers.Layer {
  static className = 'InvertibleJoinConditions';

  constructor(args: NonNullable<LayerArgs> = {}) {
    checkOptions('joinConditions', args, headRules);
    super(args);
  }

  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    const given = allListed(inputShape);
    const all = given.map(sizes);
    const K = all.reduce((sum, shape) => sum + (shape.at(-1) ?? Number.NaN), 0);
    return openShape([1, ...spaceOf(this.name, all), K], given[0]?.[0] ?? null);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const all = [inputs].flat().map((c) => tf.cast(c, 'float32'));
      spaceOf(
        this.name,
        all.map(({ shape }) => shape),
      );
      return joinEverywhere(all);
    });
  }
}
register(JoinConditions);

/** Factory of {@link JoinConditions}. */
export const joinConditions = (args?: NonNullable<LayerArgs>): JoinConditions => new JoinConditions(args);

/** The spatial axes that those conditions have that have any; conditions that differ in theirs are refused. */
function spaceOf(name: string, shapes: readonly (readonly number[])[]): readonly number[] {
  const spaces = shapes.map((shape) => shape.slice(1, -1)).filter((space) => space.length > 0);
  const [first = []] = spaces;
  const differs = spaces.find(
    (space) => space.length !== first.length || space.some((n, i) => Math.abs(n - (first[i] ?? 0)) > 0),
  );
  if (differs) {
    const remedy = 'Resize them, or summarise one to a vector.';
    refuse(
      name,
      `conditions of one spatial size, [${first.join(', ')}] like the first`,
      `[${differs.join(', ')}]`,
      remedy,
    );
  }
  return first;
}

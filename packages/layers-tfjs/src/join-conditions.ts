import { checkOptions, refuse } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { headRules, type LayerArgs } from './layer-args';
import { register } from './register';
import { allListed, type LayerShape, sizes } from './shapes';

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
    const all = allListed(inputShape).map(sizes);
    const [batch = Number.NaN] = all[0] ?? [];
    const space = spaceOf(this.name, all);
    const K = all.reduce((sum, shape) => sum + (shape.at(-1) ?? Number.NaN), 0);
    return [batch, ...space, K].map((size) => (Number.isNaN(size) ? null : size));
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const all = [inputs].flat().map((c) => tf.cast(c, 'float32'));
      const space = spaceOf(
        this.name,
        all.map(({ shape }) => shape),
      );
      return tf.concat(
        all.map((c) => everywhere(c, space)),
        -1,
      );
    });
  }
}
register(JoinConditions);

/** Factory of {@link JoinConditions}. */
export const joinConditions = (args?: NonNullable<LayerArgs>): JoinConditions => new JoinConditions(args);

/** The spatial axes that those conditions have that have any. */
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

/** A condition at every pixel. */
function everywhere(c: tf.Tensor, space: readonly number[]): tf.Tensor {
  if (c.rank === space.length + 2) return c;
  const [n = 0, K = 0] = c.shape;
  const pixels = tf.zeros([1, tf.util.sizeFromShape([...space]), 1]);
  return tf.reshape(tf.add(tf.reshape(c, [n, 1, K]), pixels), [n, ...space, K]);
}

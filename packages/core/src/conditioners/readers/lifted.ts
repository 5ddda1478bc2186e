import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../../bijection';
import { refuse, show } from '../../errors';
import { batch, channels, halves, joinChannels, sizeOf, withChannels } from '../../tensors/channels';
import { tidy } from '../../tidy';
import { present } from '../../weight-names';
import { convolution } from '../blocks/convolution';
import { network } from '../network';

const lift = convolution({ name: '0', activation: 'relu' });

/** The condition as [batch, numbers]. */
const flat = (c: tf.Tensor | undefined): tf.Tensor => tf.reshape(present(c), [batch(present(c)), -1]);
const join = (x: tf.Tensor, h: tf.Tensor) => joinChannels([x, tf.reshape(h, x.shape)]);

/**
 * [x, relu(vec(c) W₀ + b₀)]: a dense layer makes of the condition as many channels as x has, at every pixel their own.
 *
 * x: [batch, …spatial, C], c: [batch, …any] → [batch, …spatial, 2C].
 */
export const lifted = network({
  outputShape: (shape) => withChannels(shape, 2 * channels(shape)),
  weights(shape, _, condition) {
    const numbers = sizeOf(shape.slice(1));
    return lift.weights([1, sizeOf(required(condition).slice(1))], numbers);
  },
  forward: (x, w, c) => tidy(() => join(x, lift.forward(flat(c), w))),
  linearize(x, w, c) {
    const vector = flat(c);
    const given = vector.shape;
    const { h, pullback } = lift.linearize(vector, w);
    const both = tidy(() => join(x, h));
    const shape = c?.shape ?? given;
    return {
      h: both,
      pullback(dBoth) {
        const [dx, dh] = tidy(() => {
          const [dx, dImage] = halves(dBoth);
          return [dx, tf.reshape(dImage, [batch(dBoth), -1])] as const;
        });
        const { dx: dVector, dw } = pullback(dh);
        const dc = tf.reshape(dVector, shape);
        tf.dispose([dh, dVector, vector, h]);
        return { dx, dw, dc };
      },
    };
  },
  pushforward(x, dx, w, dw, c, dc) {
    const vector = flat(c);
    const { h, dh } = lift.pushforward(vector, dc ? flat(dc) : tf.zerosLike(vector), w, dw);
    return { h: join(x, h), dh: join(dx, dh) };
  },
});

function required(condition: Shape | undefined): Shape {
  if (condition) return condition;
  const remedy = 'Give one, or take residualBlock, which needs none.';
  return refuse('conditionalResidualBlock', 'a condition', show(condition), remedy);
}

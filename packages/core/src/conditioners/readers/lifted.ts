import * as tf from '@tensorflow/tfjs-core';
import { channels, type Shape } from '../../bijection';
import { refuse, show } from '../../errors';
import { joinChannels, splitChannels } from '../../tensors/channels';
import { activation } from '../blocks/activation';
import { convolution } from '../blocks/convolution';
import { sequence } from '../blocks/sequence';
import type { Reader } from '../network';

/**
 * [x, relu(vec(c) W₀ + b₀)]: a dense layer makes of the condition as many channels as x has, at every pixel their own.
 *
 * x: [batch, …spatial, C], c: [batch, …any] → [batch, …spatial, 2C].
 */
export function lifted(where: string): Reader {
  const lift = sequence([convolution({ name: '0' }), activation('relu')]);
  const required = <C>(c: C | undefined): C => {
    if (c !== undefined) return c;
    refuse(where, 'a condition', 'none', 'Give one, or take residualBlock, which needs none.');
  };
  /** The condition as [batch, numbers]. */
  const flat = (x: tf.Tensor, W0: tf.Tensor, given: tf.Tensor | undefined) => {
    const c = required(given);
    const [from, to] = W0.shape as [number, number];
    if (c.shape[0] === x.shape[0] && perSample(c.shape) === from && perSample(x.shape) === to) {
      return tf.reshape(c, [c.shape[0]!, from]);
    }
    refuse(
      where,
      `a condition of ${from} numbers for each sample of ${to}`,
      `shapes ${show(c.shape)} and ${show(x.shape)}`,
      'Give inputs of the sizes that the weights were made for.',
    );
  };
  const doubled = (shape: Shape) => [...shape.slice(0, -1), 2 * channels(shape)];
  const join = (x: tf.Tensor, h: tf.Tensor) => joinChannels([x, tf.reshape(h, x.shape)]);
  return {
    outputShape: doubled,
    weights: (shape, condition) =>
      lift.weights([shape[0]!, perSample(required(condition))], perSample(shape)),
    forward: (x, w, c) => tf.tidy(() => join(x, lift.forward(flat(x, w.W0!, c), w))),
    linearize(x, w, c) {
      const vector = flat(x, w.W0!, c);
      const { h, pullback } = lift.linearize(vector, w);
      const both = tf.tidy(() => join(x, h));
      const [n, given, batch] = [channels(x.shape), c!.shape, x.shape[0]!];
      return {
        h: both,
        pullback(dBoth) {
          const [dx, dh] = tf.tidy(() => {
            const [dx, dImage] = splitChannels(dBoth, [n, n]) as [tf.Tensor, tf.Tensor];
            return [dx, tf.reshape(dImage, [batch, -1])];
          }) as [tf.Tensor, tf.Tensor];
          const { dx: dVector, dw } = pullback(dh);
          const dc = tf.reshape(dVector, given);
          tf.dispose([dh, dVector, vector, h]);
          return { dx, dw, dc };
        },
      };
    },
    pushforward(x, dx, w, dw, c, dc) {
      const vector = flat(x, w.W0!, c);
      const { h, dh } = lift.pushforward(
        vector,
        dc ? tf.reshape(dc, vector.shape) : tf.zerosLike(vector),
        w,
        dw,
      );
      return { h: join(x, h), dh: join(dx, dh) };
    },
  };
}

const perSample = (shape: Shape) => shape.slice(1).reduce((n, size) => n * size, 1);

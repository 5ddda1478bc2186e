import * as tf from '@tensorflow/tfjs-core';
import type { Bijection, Weights } from '../bijection';
import { defineBijection } from '../define';
import { batchMoments } from '../engines/batch-moments';
import { elementwise } from '../engines/elementwise';
import { type Parametrisation, reparametrised } from '../engines/reparametrised';
import { weightsPer } from '../engines/sources';
import { flag } from '../options';
import { channels } from '../tensors/channels';
import { affine } from '../transformers/affine';
import { limited } from '../transformers/limit';
import { centredAffine } from '../transformers/standard';
import { weight } from '../weight-names';

export interface ActNormOptions {
  /** About the mean of the first batch; false is y = eˡ ⊙ x + b of version 0.1.0, whose training depends on the offset. Default true. */
  centred?: boolean;
}

/** The log-scale l, within e^±4 of the first batch as it is and never beyond e^±5.6. */
const bound = limited(4);

/** logScale f(l) − λ, the other weights as they are. */
const aboutFirstBatch: Parametrisation = {
  weights(shape) {
    const size = [channels(shape)];
    const spec = { shape: size, initialize: () => tf.zeros(size) };
    return [
      { name: 'logScale', ...spec },
      { name: 'bias', ...spec },
      { name: 'mean', ...spec, trainable: false, fromOlder: aboutZero },
      { name: 'logDeviation', ...spec, trainable: false, fromOlder: asDeviation },
    ];
  },
  at: (w) => ({
    logScale: tf.sub(bound.log(weight(w, 'logScale')), weight(w, 'logDeviation')),
    bias: weight(w, 'bias'),
    mean: weight(w, 'mean'),
  }),
  pullback(w, dv) {
    const [l, dl] = [weight(w, 'logScale'), weight(dv, 'logScale')];
    return { ...dv, logScale: tf.mul(dl, bound.slope(l)), logDeviation: tf.neg(dl) };
  },
  pushforward(w, dw) {
    const [l, dl] = [weight(w, 'logScale'), weight(dw, 'logScale')];
    const dLogScale = tf.sub(tf.mul(dl, bound.slope(l)), weight(dw, 'logDeviation'));
    return { logScale: dLogScale, bias: weight(dw, 'bias'), mean: weight(dw, 'mean') };
  },
};

/** y = eˡ ⊙ x + b of 0.1.0 is the map about 0 with log-deviation −l, to the last bit. */
const aboutZero = ({ bias }: Weights): Weights => (bias ? { mean: tf.zerosLike(bias) } : {});
const asDeviation = ({ logScale: l }: Weights): Weights =>
  l ? { logScale: tf.zerosLike(l), logDeviation: tf.neg(l) } : {};

/**
 * ActNorm: an affine map per channel, set from the first batch so that its output has mean 0 and deviation 1.
 *
 *     y = e^(l − λ) ⊙ (x − μ) + b      log|det J| = P·Σ (l − λ),  P pixels      x = (y − b) ⊙ e^(λ − l) + μ
 *
 * First batch, trained forward: μ and λ are its mean and log-deviation, which no optimizer moves; l and b start at 0 and are trained,
 * so that neither offset nor unit of the data matters. Trained as the inverse: λ = −log σ, b = its mean, μ = 0. A constant channel
 * keeps its scale. l is bounded: free within ±4, then k + atan(l − k), k = ±4.
 * x: [batch, …spatial, channels].   Kingma & Dhariwal 2018, arXiv:1807.03039, section 3.1.
 */
export const actNorm = defineBijection(
  {
    className: 'InvertibleActNorm',
    source: 'Kingma & Dhariwal 2018, 3.1',
    logDet: 'P·Σ log s',
    changedDefaults: { centred: { was: false, is: true } },
    options: { centred: flag },
  },
  ({ centred = true }: ActNormOptions, name) => (centred ? aboutMean(name) : asBefore(name)),
);

function aboutMean(name: string): Bijection {
  const perChannel = elementwise(name, centredAffine, weightsPer('channel', centredAffine.parameters));
  return {
    ...reparametrised(perChannel, aboutFirstBatch),
    initialize(input, _w, direction) {
      const { mean, logDeviation } = batchMoments(name, input, this);
      const [logScale, none] = [tf.zerosLike(mean), tf.zerosLike(mean)];
      return direction === 'forward'
        ? { logScale, bias: none, mean, logDeviation }
        : { logScale, bias: mean, mean: none, logDeviation: tf.neg(logDeviation) };
    },
  };
}

function asBefore(name: string): Bijection {
  return {
    ...elementwise(name, affine(), weightsPer('channel', affine().parameters)),
    initialize(input, _w, direction) {
      const { mean, logDeviation } = batchMoments(name, input, this);
      return direction === 'forward'
        ? { logScale: tf.neg(logDeviation), bias: tf.neg(tf.div(mean, tf.exp(logDeviation))) }
        : { logScale: logDeviation, bias: mean };
    },
  };
}

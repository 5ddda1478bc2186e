import * as tf from '@tensorflow/tfjs-core';
import { between, oneOf, type Rules } from '../options';

export type ScaleKind =
  | 'tanh'
  | 'atan'
  | 'expClamp'
  | 'softClip'
  | 'sigmoid'
  | 'doubleSigmoid'
  | 'openSigmoid'
  | 'inverseSigmoid'
  | 'softplus'
  | 'exp';

export interface ScaleOptions {
  /** How the network's output becomes a scale. Default 'tanh'. */
  scale?: ScaleKind;
  /** Bound of the log-scale of 'tanh', 'atan', 'expClamp' and 'softClip': scales stay within e^±clamp. Default 2. */
  clamp?: number;
  /** Bounds of the scale of 'sigmoid', both above 0; that of 'softplus' has the lower one. Default [0.5, 1.5]. */
  range?: readonly [number, number];
}

/** From the raw output h of a network to a log-scale l, bounded. */
export interface Scale {
  log(h: tf.Tensor): tf.Tensor;
  /** dl/dh */
  slope(h: tf.Tensor, l: tf.Tensor): tf.Tensor;
}

/**
 * The scale activations, α = clamp. A network that starts at zero starts with scale 1 ('sigmoid': the middle of its range).
 *
 *     tanh            l = α·tanh(h/α)                     Dinh et al. 2017, section 4.1
 *     atan            l = α·(2/π)·atan(πh/2α)             Ardizzone et al. 2019, arXiv:1907.02392
 *     expClamp        l = α·(2/π)·atan(h)                 InvertibleNetworks.jl, its ExpClamp
 *     sigmoid         l = log(low + (high − low)·σ(h))    Kingma & Dhariwal 2018
 *     doubleSigmoid   sigmoid from 0.01 to 1.99: 2σ(h), kept away from 0 so that the inverse is bounded
 *     softClip        l = h/(1 + |h|/α)                   Rozet et al., zuko
 *
 * Those of networks that were trained elsewhere, whose scale hardly anything bounds:
 *
 *     exp             l = h, cut at ±20                   Papamakarios et al. 2017, arXiv:1705.07057; normflows
 *     softplus        l = log(low + log(1 + eʰ))          Durkan et al. 2020, nflows
 *     inverseSigmoid  l = −log σ(h), cut at 20            Stimper et al. 2023, normflows
 *     openSigmoid     l = log 2σ(h), cut at −20           Kolesnikov et al. 2024, arXiv:2412.15129
 */
const rules: Record<ScaleKind, (clamp: number, range: readonly [number, number]) => Scale> = {
  tanh: (clamp) => ({
    log: (h) => tf.mul(tf.tanh(tf.div(h, clamp)), clamp),
    slope: (_, l) => tf.sub(1, tf.square(tf.div(l, clamp))),
  }),
  atan: (clamp) => softAtan(clamp, Math.PI / (2 * clamp)),
  expClamp: (clamp) => softAtan(clamp, 1),
  sigmoid: (_, range) => within(range),
  doubleSigmoid: () => within([0.01, 1.99]),
  softClip: (clamp) => ({
    log: (h) => tf.div(h, tf.add(1, tf.abs(tf.div(h, clamp)))),
    slope: (h) => tf.reciprocal(tf.square(tf.add(1, tf.abs(tf.div(h, clamp))))),
  }),
  exp: () => ({
    // Not clipByValue, whose gradient GPU backends lack for rank 5.
    log: (h) => tf.maximum(tf.minimum(h, most), -most),
    slope: (h) => tf.step(tf.sub(most, tf.abs(h))),
  }),
  softplus: (_, [low]) => ({
    log: (h) => tf.log(tf.add(low, tf.softplus(h))),
    slope: (h, l) => tf.mul(tf.sigmoid(h), tf.exp(tf.neg(l))),
  }),
  inverseSigmoid: () => ({
    log: (h) => tf.softplus(tf.minimum(tf.neg(h), most)),
    slope: (h) => tf.mul(tf.neg(tf.sigmoid(tf.neg(h))), tf.step(tf.add(h, most))),
  }),
  openSigmoid: () => ({
    log: (h) => tf.sub(Math.LN2, tf.softplus(tf.minimum(tf.neg(h), most))),
    slope: (h) => tf.mul(tf.sigmoid(tf.neg(h)), tf.step(tf.add(h, most))),
  }),
};

/** The largest log-scale where nothing else bounds it, as that of `clamp`: gradients of large inputs stay within float32. */
const most = 20;

/** l = α·(2/π)·atan(k·h) */
const softAtan = (clamp: number, k: number): Scale => ({
  log: (h) => tf.mul(tf.atan(tf.mul(h, k)), (2 * clamp) / Math.PI),
  slope: (h) => tf.div((2 * clamp * k) / Math.PI, tf.add(1, tf.square(tf.mul(h, k)))),
});

const within = ([low, high]: readonly [number, number]): Scale => ({
  log: (h) => tf.log(tf.add(low, tf.mul(high - low, tf.sigmoid(h)))),
  slope: (h, l) => {
    const s = tf.sigmoid(h);
    return tf.mul(tf.mul(high - low, tf.mul(s, tf.sub(1, s))), tf.exp(tf.neg(l)));
  },
});

export const scaleRules: Rules<ScaleOptions> = {
  scale: oneOf(...Object.keys(rules)),
  clamp: {
    ...between(0, 20.000001, 'Scales are bounded by e^±clamp; 2 is a good start.'),
    expected: 'within (0, 20]',
  },
  range: {
    expected: '[low, high] with 0 < low < high',
    holds: (value) => {
      if (!Array.isArray(value) || value.length !== 2) return false;
      const [low, high] = value as unknown[];
      return typeof low === 'number' && typeof high === 'number' && low > 1e-6 && high > low && high <= 1e6;
    },
    remedy: 'The inverse divides by the scale; [0.5, 1.5] is the default.',
  },
};

/** The scale activation that options name. */
export const scaleOf = ({ scale = 'tanh', clamp = 2, range = [0.5, 1.5] }: ScaleOptions): Scale =>
  rules[scale](clamp, range);

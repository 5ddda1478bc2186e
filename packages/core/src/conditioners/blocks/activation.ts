import * as tf from '@tensorflow/tfjs-core';
import { oneOf } from '../../options';
import { freeIfHandedOver } from '../../tensors/hand-over';
import { type Network, network } from '../network';

interface Rule {
  value(z: tf.Tensor): tf.Tensor;
  /** From the value, so that z need not be kept. */
  slope(a: tf.Tensor): tf.Tensor;
}

/** The slope of `leakyRelu` below zero. */
const LEAK = 0.01;

const rules = {
  relu: { value: tf.relu, slope: (a) => tf.step(a) },
  leakyRelu: { value: (z) => tf.leakyRelu(z, LEAK), slope: (a) => tf.step(a, LEAK) },
  tanh: { value: tf.tanh, slope: (a) => tf.sub(1, tf.square(a)) },
  sigmoid: { value: tf.sigmoid, slope: (a) => tf.mul(a, tf.sub(1, a)) },
  // z above zero, eᶻ − 1 below, whose slope is 1 + a. Written out: tfjs knows no second gradient of its own.
  elu: {
    value: (z) => tf.tidy(() => tf.add(tf.relu(z), tf.sub(tf.exp(tf.neg(tf.relu(tf.neg(z)))), 1))),
    slope: (a) => tf.sub(1, tf.relu(tf.neg(a))),
  },
  // log(1 + eᶻ), whose slope σ(z) is 1 − e⁻ᵃ.
  softplus: { value: tf.softplus, slope: (a) => tf.sub(1, tf.exp(tf.neg(a))) },
} satisfies Record<string, Rule>;

/** The activations of the networks; 'tanh', 'sigmoid' and 'softplus' have no kinks. */
export type ActivationName = keyof typeof rules;

export const activationRule = oneOf(...Object.keys(rules));

/** σ by its name, with the pullback of a = σ(z) from its value. */
export function activationOf(kind: ActivationName) {
  const { value, slope }: Rule = rules[kind];
  return {
    value,
    pull(da: tf.Tensor, a: tf.Tensor): tf.Tensor {
      const s = tf.tidy(() => slope(a));
      freeIfHandedOver(a);
      const dz = tf.mul(da, s);
      s.dispose();
      return dz;
    },
    push: (dz: tf.Tensor, a: tf.Tensor): tf.Tensor => tf.tidy(() => tf.mul(dz, slope(a))),
  };
}

/** a = σ(z), element by element. */
export function activation(kind: ActivationName): Network {
  const { value, pull, push } = activationOf(kind);
  return network({
    reads: { x: false, h: true },
    outputShape: (shape) => [...shape],
    weights: () => [],
    forward: (z) => value(z),
    linearize(z) {
      const a = value(z);
      return { h: a, pullback: (da) => ({ dx: pull(da, a), dw: {} }) };
    },
    pushforward(z, dz) {
      const a = value(z);
      return { h: a, dh: push(dz, a) };
    },
  });
}

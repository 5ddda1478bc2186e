import * as tf from '@tensorflow/tfjs-core';
import { having, type Rule } from '../options';

/** An increasing function Ψ, element by element, from what a network carries to what an operator measures. */
export interface Link {
  apply(eta: tf.Tensor): tf.Tensor;
  derivative(eta: tf.Tensor): tf.Tensor;
  secondDerivative(eta: tf.Tensor): tf.Tensor;
}

const links = {
  /** Ψ(η) = η */
  identity: {
    apply: (eta) => tf.clone(eta),
    derivative: (eta) => tf.onesLike(eta),
    secondDerivative: (eta) => tf.zerosLike(eta),
  },
  /** Ψ(η) = σ(η): images within (0, 1). */
  sigmoid: {
    apply: (eta) => tf.sigmoid(eta),
    derivative: (eta) => slope(tf.sigmoid(eta)),
    secondDerivative(eta) {
      const u = tf.sigmoid(eta);
      return tf.mul(slope(u), tf.sub(1, tf.mul(2, u)));
    },
  },
} satisfies Record<string, Link>;

export type LinkName = keyof typeof links;

const slope = (u: tf.Tensor) => tf.mul(u, tf.sub(1, u));

export const linkRule: Rule = {
  expected: `one of ${Object.keys(links).join(', ')}, or {apply, derivative, secondDerivative}`,
  holds: (value) =>
    typeof value === 'string'
      ? Object.hasOwn(links, value)
      : having('apply', 'derivative', 'secondDerivative').holds(value),
};

/** The link of that name; one of one's own is handed on. */
export const linkOf = (link: LinkName | Link): Link => (typeof link === 'object' ? link : links[link]);

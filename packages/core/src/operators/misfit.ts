import * as tf from '@tensorflow/tfjs-core';
import type { Shape, Weights } from '../bijection';
import { type Network, network } from '../conditioners/network';
import { refuse, show } from '../errors';
import { channels, joinChannels, perChannel, splitChannels, sumPerChannel } from '../tensors/channels';
import { tidy } from '../tidy';
import type { Link } from './link';
import type { LinearOperator } from './operator';

/**
 * The gradient of ½‖A Ψ(η) − d‖², scaled, in the first of n channels; zeros in the others.
 *
 *     g = Ψ′ ⊙ r,  r = Aᵀ(A Ψ(η) − d)                    h = [eˡ ⊙ g | 0]
 *     dg = Ψ″ ⊙ r ⊙ dη + Ψ′ ⊙ Aᵀ(A(Ψ′ ⊙ dη) − dd)         dh = [eˡ ⊙ (dg + g ⊙ dl) | 0]
 *
 * Backwards, with u = eˡ ⊙ dh: dη = Ψ″ ⊙ r ⊙ u + Ψ′ ⊙ AᵀA(Ψ′ ⊙ u), dd = −A(Ψ′ ⊙ u), dl = Σ g ⊙ u.
 * η: [batch, …spatial, C], d: of the shape of A Ψ(η), l: [C] → [batch, …spatial, n ≥ C].
 */
export function misfit(
  operator: LinearOperator,
  { apply, derivative, secondDerivative }: Link,
  n: number,
): Network {
  const residual = (eta: tf.Tensor, d: tf.Tensor | undefined) => {
    const seen = operator.apply(apply(eta));
    checkData(seen.shape, d?.shape);
    return operator.adjoint(tf.sub(seen, d!));
  };
  const at = (eta: tf.Tensor, d: tf.Tensor | undefined) => {
    const [slope, r] = [derivative(eta), residual(eta, d)];
    return { slope, r, g: tf.mul(slope, r) };
  };
  const scale = ({ logScale }: Weights, rank: number) => perChannel(tf.exp(logScale!), rank);
  const first = (dh: tf.Tensor, C: number) => (C === n ? dh : splitChannels(dh, [C, n - C])[0]!);
  const widen = (t: tf.Tensor) => {
    const more = n - channels(t.shape);
    return more === 0 ? t : joinChannels([t, tf.zeros([...t.shape.slice(0, -1), more])]);
  };
  return network({
    weights(shape) {
      const C = [channels(shape)];
      return [{ name: 'logScale', shape: C, initialize: () => tf.zeros(C) }];
    },

    forward: (eta, w, d) => tidy(() => widen(tf.mul(at(eta, d).g, scale(w, eta.rank)))),

    linearize(eta, w, d) {
      const { h, kept } = tidy(() => {
        const { slope, r, g } = at(eta, d);
        return {
          h: widen(tf.mul(g, scale(w, eta.rank))),
          kept: { slope, g, bend: tf.mul(secondDerivative(eta), r) },
        };
      });
      return {
        h,
        pullback: (dh) =>
          tidy(() => {
            const { slope, g, bend } = kept;
            const u = tf.mul(first(dh, channels(eta.shape)), scale(w, eta.rank));
            const seen = operator.apply(tf.mul(slope, u));
            const dx = tf.add(tf.mul(bend, u), tf.mul(slope, operator.adjoint(seen)));
            const dl = sumPerChannel(tf.mul(g, u));
            tf.dispose(kept);
            return { dx, dw: { logScale: dl }, dc: tf.neg(seen) };
          }),
      };
    },

    pushforward: (eta, dEta, w, dw, d, dd) =>
      tidy(() => {
        const { slope, r, g } = at(eta, d);
        const seen = operator.apply(tf.mul(slope, dEta));
        const dr = operator.adjoint(dd ? tf.sub(seen, dd) : seen);
        const dg = tf.add(tf.mul(tf.mul(secondDerivative(eta), r), dEta), tf.mul(slope, dr));
        const s = scale(w, eta.rank);
        return {
          h: widen(tf.mul(g, s)),
          dh: widen(tf.mul(s, tf.add(dg, tf.mul(g, perChannel(dw.logScale!, eta.rank))))),
        };
      }),

    /** With these the gradient has mean square 1 in every channel, over the batch. */
    initialize: (eta, _, d) =>
      tidy(() => {
        const g = at(eta, d).g;
        const rows = tf.reshape(g, [-1, channels(g.shape)]);
        // Of numbers near 1, so that squares of large ones do not overflow.
        const size = tf.max(tf.abs(rows), 0);
        const known = tf.greater(size, 0);
        const safe = tf.where(known, size, tf.onesLike(size));
        const mean = tf.mean(tf.square(tf.div(rows, safe)), 0);
        const logRms = tf.add(tf.log(safe), tf.mul(0.5, tf.log(tf.where(known, mean, tf.onesLike(mean)))));
        return { logScale: tf.neg(logRms) };
      }),
  });
}

function checkData(seen: Shape, d: Shape | undefined): void {
  if (d && d.length === seen.length && seen.every((n, i) => n === d[i])) return;
  const expected = `data of shape ${show(seen)}, what the operator makes of the image, as the condition`;
  refuse('irim', expected, d ? `shape ${show(d)}` : 'none', 'Give the data as the condition.');
}

import * as tf from '@tensorflow/tfjs-core';
import type { Shape, Weights } from '../bijection';
import { type Network, network } from '../conditioners/network';
import { refuse, show } from '../errors';
import {
  channels,
  joinChannels,
  perChannel,
  pixelRows,
  sameShape,
  splitAt,
  sumPerChannel,
  withChannels,
} from '../tensors/channels';
import { tidy } from '../tidy';
import { weight } from '../weight-names';
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
export function misfit(operator: LinearOperator, link: Link, n: number): Network {
  const at = (eta: tf.Tensor, d: tf.Tensor | undefined) => {
    const seen = operator.apply(link.apply(eta));
    const slope = link.derivative(eta);
    const r = operator.adjoint(tf.sub(seen, checkedData(seen.shape, d)));
    return { slope, r, g: tf.mul(slope, r) };
  };
  const logScale = (w: Weights, rank: number) => perChannel(weight(w, 'logScale'), rank);
  const scale = (w: Weights, rank: number) => tf.exp(logScale(w, rank));
  const first = (dh: tf.Tensor, C: number) => (C === n ? dh : splitAt(dh, C)[0]);
  const widen = (t: tf.Tensor) => {
    const more = n - channels(t.shape);
    return more === 0 ? t : joinChannels([t, tf.zeros(withChannels(t.shape, more))]);
  };
  return network({
    weights(shape) {
      const C = [channels(shape)];
      return [{ name: 'logScale', shape: C, initialize: () => tf.zeros(C) }];
    },
    forward: (eta, w, d) => tidy(() => widen(tf.mul(at(eta, d).g, scale(w, eta.rank)))),
    linearize(eta, w, d) {
      const { h, ...kept } = tidy(() => {
        const { slope, r, g } = at(eta, d);
        const h = widen(tf.mul(g, scale(w, eta.rank)));
        return { h, slope, g, bend: tf.mul(link.secondDerivative(eta), r) };
      });
      const pullback = (dh: tf.Tensor) => {
        const { slope, g, bend } = kept;
        const u = tf.mul(first(dh, channels(eta.shape)), scale(w, eta.rank));
        const seen = operator.apply(tf.mul(slope, u));
        const dx = tf.add(tf.mul(bend, u), tf.mul(slope, operator.adjoint(seen)));
        const dw = { logScale: sumPerChannel(tf.mul(g, u)) };
        tf.dispose(kept);
        return { dx, dw, dc: tf.neg(seen) };
      };
      return { h, pullback: (dh) => tidy(() => pullback(dh)) };
    },
    pushforward: (eta, dEta, w, dw, d, dd) =>
      tidy(() => {
        const { slope, r, g } = at(eta, d);
        const seen = operator.apply(tf.mul(slope, dEta));
        const dr = operator.adjoint(dd ? tf.sub(seen, dd) : seen);
        const dg = tf.add(tf.mul(tf.mul(link.secondDerivative(eta), r), dEta), tf.mul(slope, dr));
        const s = scale(w, eta.rank);
        return {
          h: widen(tf.mul(g, s)),
          dh: widen(tf.mul(s, tf.add(dg, tf.mul(g, logScale(dw, eta.rank))))),
        };
      }),
    initialize: (eta, _, d) => tidy(() => ({ logScale: tf.neg(logRootMeanSquare(at(eta, d).g)) })),
  });
}

/** The logarithm of the root mean square of each channel, 0 where float32 hardly tells it from 0. */
function logRootMeanSquare(g: tf.Tensor): tf.Tensor {
  const rows = pixelRows(g);
  // Of numbers near 1, so that squares of large ones do not overflow.
  const size = tf.max(tf.abs(rows), 0);
  const known = tf.greater(size, 1e-36);
  const safe = tf.where(known, size, tf.onesLike(size));
  const mean = tf.mean(tf.square(tf.div(rows, safe)), 0);
  return tf.add(tf.log(safe), tf.mul(0.5, tf.log(tf.where(known, mean, tf.onesLike(mean)))));
}

function checkedData(seen: Shape, d: tf.Tensor | undefined): tf.Tensor {
  if (d && sameShape(d.shape, seen)) return d;
  const expected = `data of shape ${show(seen)}, what the operator makes of the image, as the condition`;
  return refuse('irim', expected, show(d?.shape), 'Give the data as the condition.');
}

import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, complete, type OneWay, type Shape } from '../bijection';
import { checkSeveral } from '../check';
import { type ConditionerOptions, conditionerFrom, conditionerRules } from '../conditioners/conditioner-of';
import { bothWays } from '../directions';
import { refuse, show } from '../errors';
import { flag, type Rules, whole } from '../options';
import { channels, joinChannels, splitAt, withChannels } from '../tensors/channels';
import { freeIfHandedOver } from '../tensors/hand-over';
import type { Transformer } from '../transformers/transformer';
import { conditioned } from './conditioned';
import { networkOfPart } from './network-source';
import type { Source } from './sources';
import { back, type Transform, there, within } from './transform';

export interface CouplingOptions extends ConditionerOptions {
  /** Channels of the half that stays. Default: half of them, which needs an even number. */
  split?: number;
  /** Move the first half and keep the second. Default false: the first half stays. */
  flip?: boolean;
}

export const couplingRules: Rules<CouplingOptions> = { ...conditionerRules, split: whole(), flip: flag };

/** How a coupling divides the channels: the halves that stay and move, and the tensor of both. */
export interface Halves {
  /** The channels of each. */
  sizes(shape: Shape): [stays: number, moves: number];
  cut(t: tf.Tensor, flip: boolean): [stays: tf.Tensor, moves: tf.Tensor];
  join(stays: tf.Tensor, moves: tf.Tensor, flip: boolean): tf.Tensor;
}

export function halvesOf(name: string, split: number | undefined, fewest: number): Halves {
  const staying = (shape: Shape) => split ?? channels(shape) / 2;
  return {
    sizes(shape) {
      const n = channels(shape);
      checkSeveral(name, n);
      if (split === undefined && n % 2 !== 0) {
        const remedy = 'Say how many channels stay with `split`, or squeeze the input first.';
        refuse(name, 'an even number of channels', `${n} in shape ${show(shape)}`, remedy);
      }
      const kept = staying(shape);
      if (kept < 1 || kept > n - fewest) {
        const expected = n > fewest ? `split to be 1 to ${n - fewest}` : `more than ${fewest} channels`;
        const remedy = `At least one channel must stay and at least ${fewest} must move.`;
        refuse(name, expected, `${kept} for shape ${show(shape)}`, remedy);
      }
      return [kept, n - kept];
    },
    cut(t, flip) {
      const kept = staying(t.shape);
      const [a, b] = splitAt(t, flip ? channels(t.shape) - kept : kept);
      return flip ? [b, a] : [a, b];
    },
    join: (stays, moves, flip) => joinChannels(flip ? [moves, stays] : [stays, moves]),
  };
}

export interface CouplingSetting {
  /** Put the halves back in the other order. Default false. */
  swap?: boolean;
}

/**
 * A coupling: one half of the channels stays, the other moves by a transformer whose parameters are a network of the half that stays.
 *
 *     y₁ = x₁      y₂ = φ(x₂; h(x₁, c))      log|det J| = Σ log|φ′|      x₂ = φ⁻¹(y₂; h(y₁, c))
 *
 * x: [batch, …spatial, channels ≥ 2]. The pullback evaluates h once: the evaluation that rebuilds x₂ is differentiated.
 */
export function coupling(
  name: string,
  phi: Transformer,
  options: CouplingOptions,
  { swap = false }: CouplingSetting = {},
): Bijection {
  const source = networkOfPart(conditionerFrom(options), phi.parameters);
  return couplingOf(name, phi, source, options, swap);
}

function couplingOf(
  name: string,
  phi: Transformer,
  source: Source,
  options: CouplingOptions,
  swap: boolean,
): Bijection {
  const { split, flip = false } = options;
  const { sizes, cut, join } = halvesOf(name, split, phi.fewest ?? 1);
  const one = (transform: Transform, flipIn: boolean, flipOut: boolean): OneWay => {
    const move = conditioned(transform, source);
    return {
      outputShape(shape) {
        sizes(shape);
        return [...shape];
      },
      forward(x, w, c) {
        const [u, v] = cut(x, flipIn);
        const { y, logDet } = move.forward(v, { u, w, c });
        return { y: join(u, y, flipOut), logDet: logDet() };
      },
      pullback(y, dy, dL, w, c) {
        const [u, moved] = cut(y, flipOut);
        const [dStays, dMoved] = cut(dy, flipOut);
        freeIfHandedOver(y, dy);
        const { x: v, dx: dv, du, ...rest } = move.pullback(moved, dMoved, dL, { u, w, c });
        const dStayed = du ? tf.add(dStays, du) : dStays;
        return { x: join(u, v, flipIn), dx: join(dStayed, dv, flipIn), ...rest };
      },
      pushforward(x, dx, w, dw, c, dc) {
        const [u, v] = cut(x, flipIn);
        const [du, dv] = cut(dx, flipIn);
        const { y, dy, logDet, dLogDet } = move.pushforward(v, dv, { u, w, c }, { u: du, w: dw, c: dc });
        return { y: join(u, y, flipOut), dy: join(du, dy, flipOut), logDet: logDet(), dLogDet };
      },
    };
  };
  const flipOut = flip !== swap;
  const ahead = within(name, phi.domain, there(phi));
  const behind = within(`inverse of ${name}`, phi.image, back(phi));
  return complete({
    name,
    ...bothWays(one(ahead, flip, flipOut), one(behind, flipOut, flip)),
    weights(shape, condition) {
      const [kept, moved] = sizes(shape);
      return source.weights(withChannels(shape, moved), withChannels(shape, kept), condition);
    },
    initialize(input, w, direction, c) {
      const [u] = cut(input, direction === 'forward' ? flip : flipOut);
      return source.initialize({ u, w, c });
    },
    training(this: Bijection, seed: number) {
      const next = source.training(seed);
      return next === source ? this : couplingOf(name, phi, next, options, swap);
    },
  });
}

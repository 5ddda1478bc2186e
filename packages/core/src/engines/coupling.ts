import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, complete, type OneWay } from '../bijection';
import { type ConditionerOptions, conditionerFrom, conditionerRules } from '../conditioners/conditioner-of';
import { bothWays } from '../directions';
import type { Rules } from '../options';
import { withChannels } from '../tensors/channels';
import { freeIfHandedOver, handOver } from '../tensors/hand-over';
import type { Transformer } from '../transformers/transformer';
import { conditioned } from './conditioned';
import { type HalvesOptions, halvesOf, halvesRules } from './halves';
import { networkOfPart } from './network-source';
import type { Source } from './sources';
import { back, type Transform, there, within } from './transform';

export interface CouplingOptions extends ConditionerOptions, HalvesOptions {}

export const couplingRules: Rules<CouplingOptions> = { ...conditionerRules, ...halvesRules };

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
  const { flip = false } = options;
  const { sizes, cut, join } = halvesOf(name, options, phi.fewest ?? 1);
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
        const p = move.pullback(handOver(moved), handOver(dMoved), dL, { u, w, c });
        const { x: v, dx: dv, du, ...rest } = p;
        const x = join(u, v, flipIn);
        tf.dispose([u, v]);
        const dStayed = du ? tf.add(dStays, du) : dStays;
        return { x, dx: join(dStayed, dv, flipIn), ...rest };
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

import * as tf from '@tensorflow/tfjs-core';
import { reversible } from '../autodiff/reversible/op';
import { scored } from '../autodiff/support';
import type { Bijection, Shape } from '../bijection';
import { reverse } from '../combinators/reverse';
import { checkOptions, having, printed, required } from '../options';
import { specsWithPrefix, withoutPrefix, withPrefix } from '../weight-names';
import { checkDimensions } from './dimensions';
import { checkedDistribution, type Distribution, distributionRule } from './distribution';
import { normal } from './normal';

export interface FlowOptions {
  /** From x to z. */
  bijection: Bijection;
  /** The distribution of z. Default: the standard normal. */
  base?: Distribution;
}

const rules = {
  bijection: required(having('forward', 'inverse', 'outputShape')),
  base: distributionRule,
};

/**
 * A normalizing flow: the distribution of the x whose image z = f(x) has a known one.
 *
 *     log p(x | c) = log p_base(f(x; c) | c) + log|det ∂f/∂x|      samples: x = f⁻¹(z; c), z from the base
 *
 * Weights: those of the bijection under `flow/`, of the base under `base/`. Gradients rebuild x from z, and z from x.
 * Where x is outside what f takes, the density is 0 and log p is −∞, for that sample alone. The temperature is
 * the base's. A flow may be the base of another: a learned base.   Rezende & Mohamed 2015, arXiv:1505.05770, eq. 5.
 *
 * ```ts
 * const moons = core.flow({ bijection: core.realNvp({ layers: 2, hidden: 8 }), base: core.normal() });
 * const w = core.createWeights(moons, [2]);
 * const x = moons.sample(100, [2], { seed: 1, w });
 * const logProb = moons.logProb(x, w); // [100]
 * ```
 */
export function flow(options: FlowOptions): Distribution {
  checkOptions('flow', options, rules);
  const { bijection, base = normal() } = options;
  const [apply, undo] = [reversible(bijection), reversible(reverse(bijection))];
  const latents = new Map<string, number[]>();
  const latent = (shape: Shape): number[] => {
    const known = latents.get(shape.join());
    if (known) return known;
    checkDimensions('flow', bijection, [1, ...shape]);
    const made = bijection.outputShape([1, ...shape]).slice(1);
    latents.set(shape.join(), made);
    return made;
  };
  const body: Omit<Distribution, 'name'> = {
    weights: (shape, condition) => [
      ...specsWithPrefix('flow/', bijection.weights([1, ...shape], condition && [1, ...condition])),
      ...specsWithPrefix('base/', base.weights(latent(shape), condition)),
    ],
    logProb(x, w = {}, c) {
      const { y: z, logDet } = scored(() => apply(x, withoutPrefix(w, 'flow/'), c && { condition: c }));
      return tf.add(base.logProb(z, withoutPrefix(w, 'base/'), c), logDet);
    },
    sample(n, shape, options) {
      const { w = {}, condition: c } = options;
      const z = base.sample(n, latent(shape), { ...options, w: withoutPrefix(w, 'base/') });
      const { y: x, logDet } = undo(z, withoutPrefix(w, 'flow/'), c && { condition: c });
      logDet.dispose();
      return x;
    },
    initialize(x, w, c) {
      const own = withoutPrefix(w, 'flow/');
      const set = bijection.initialize(x, own, 'forward', c);
      if (!base.initialize) return withPrefix('flow/', set);
      const { y: z } = bijection.forward(x, { ...own, ...set }, c);
      const below = base.initialize(z, withoutPrefix(w, 'base/'), c);
      return { ...withPrefix('flow/', set), ...withPrefix('base/', below) };
    },
  };
  return checkedDistribution(`flow(${bijection.name}, ${base.name})`, body, () => printed('flow', options));
}

import type { Bijection } from '../bijection';
import { byChannels } from '../combinators/by-channels';
import { chain } from '../combinators/chain';
import { reverse } from '../combinators/reverse';
import { type VitOptions, vit, vitRules } from '../conditioners/vit';
import { defineBijection, spatialRanks } from '../define';
import { coupling } from '../engines/coupling';
import { isometry } from '../engines/isometry';
import { defined, type Rules, seed as seedRule, whole } from '../options';
import { childSeed, randomOrder } from '../random';
import { checkerboard } from '../tensors/checkerboard';
import { patches } from '../tensors/patches';
import { type ScaleKind, type ScaleOptions, scaleOf, scaleRules } from '../transformers/scale';
import { shiftThenScale } from '../transformers/shift-then-scale';
import { mostLayers } from './alternating';

export interface JetOptions extends VitOptions, ScaleOptions {
  /** Number of couplings. Default 10. */
  layers?: number;
  /** Couplings of channels before each one of places. Default 4. */
  channelwise?: number;
  /** How the network's output becomes a scale; that of the paper is 'openSigmoid'. Default 'doubleSigmoid'. */
  scale?: ScaleKind;
  /** Pixels of a patch along each axis, which must divide the spatial sizes. Default 2. */
  patch?: number;
  /** Seed of the channels that stay. Default 0. */
  seed?: number;
}

const rules: Rules<JetOptions> = {
  ...vitRules,
  ...scaleRules,
  layers: whole(1, mostLayers),
  channelwise: whole(0, mostLayers),
  seed: seedRule,
};

/**
 * Jet: couplings of the patches of an image whose networks are vision transformers, without anything between them.
 *
 *     t = patches(x)      each coupling   u₁ = t₁,  u₂ = (t₂ + b(t₁)) ⊙ s(t₁),  s = 2σ(h(t₁))
 *     log|det J| = Σ log s over layers
 *
 * t₁ are channels of each patch, drawn at random; in every fifth coupling they are the patches of one colour of a checkerboard, which
 * takes turns, each cut into two tokens. `hidden`, `heads` and `blocks` are those of each `vit`. Fresh, it is the identity. Memory is
 * flat where the original keeps the input of each coupling.
 * x: [batch, …1 to 3 spatial axes, C]; a condition is a vector, or has a pixel for each patch.
 * Kolesnikov et al. 2024, arXiv:2412.15129.
 *
 * ```ts
 * const flow = core.jet({ layers: 5, blocks: 1, hidden: 8, heads: 2, patch: 2 });
 * const w = core.createWeights(flow, [1, 8, 8, 1]);
 * const { y, logDet } = flow.forward(tf.randomNormal([4, 8, 8, 1]), w);
 * ```
 */
export const jet = defineBijection(
  {
    className: 'InvertibleJet',
    source: 'Kolesnikov et al. 2024',
    logDet: 'Σ log s',
    axes: spatialRanks,
    seeded: true,
    options: rules,
  },
  (options: JetOptions, name): Bijection => {
    const { layers = 10, channelwise = 4, scale = 'doubleSigmoid', patch = 2, seed = 0 } = options;
    const { hidden, heads, blocks, clamp, range } = options;
    const phi = shiftThenScale(scaleOf({ scale, ...defined({ clamp, range }) }));
    const conditioner = vit(defined({ hidden, heads, blocks }));
    const places = isometry('checkerboard', checkerboard(name));
    const ofChannels = (k: number) =>
      byChannels(name, (n) => {
        const stays = randomOrder(n, childSeed(seed, k, 'member')).slice(0, Math.floor(n / 2));
        return coupling(name, phi, { conditioner, stays });
      });
    const ofPlaces = (flip: boolean) =>
      chain([places, coupling(name, phi, { conditioner, flip }), reverse(places)], {
        keys: ['apart', 'coupling', 'together'],
      });
    const cut = isometry('patches', patches(name, patch));
    const round = channelwise + 1;
    const couplings = Array.from({ length: layers }, (_, k) =>
      k % round < channelwise ? ofChannels(k) : ofPlaces(Math.floor(k / round) % 2 === 1),
    );
    return chain([cut, chain(couplings), reverse(cut)], { keys: ['patches', 'layers', 'image'] });
  },
);

import * as core from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';
import { InvertibleLayer } from './invertible-layer';
import { type InvertibleLayerArgs, layerRules } from './layer-args';
import { register } from './register';
import { revive, type SavedLayer, savedLayer } from './saved-layer';

export interface SplitArgs extends InvertibleLayerArgs {
  /** What the channels that go on pass through. Default: nothing. */
  layers?: readonly (InvertibleLayer | SavedLayer)[];
  /** Channels that go on. Default: half, rounded up. */
  keep?: number;
  /** Set by saving: the shape of the input, without the batch. */
  shape?: readonly number[];
}

const { listOf, optionsOf, sampleShape, whole } = core.rules;

const splitRules: core.Rules<SplitArgs> = {
  ...layerRules,
  layers: listOf({ ...optionsOf(''), expected: 'an invertible layer' }),
  keep: whole(),
  shape: sampleShape,
};

/**
 * {@link core.split} as a layer: some channels pass through other invertible layers, the rest are latents already, and both
 * end in one vector. The layers inside are part of this one, as their weights are, which keep their own seeds and stay frozen
 * where they are; `gradient` is this one's. Splits may stand in splits.
 */
export class InvertibleSplit extends InvertibleLayer {
  static className = 'InvertibleSplit';
  private readonly layers: readonly InvertibleLayer[];
  private readonly keep: number | undefined;
  private shape: readonly number[] | undefined;

  constructor(options: SplitArgs = {}) {
    core.checkOptions('split', options, splitRules);
    const { layers = [], keep, shape, ...args } = options;
    super(args);
    this.layers = layers.map((layer) => (layer instanceof InvertibleLayer ? layer : invertible(layer)));
    this.keep = keep;
    this.shape = shape;
  }

  protected override bijectionFor(given: core.Shape): core.Bijection {
    this.shape ??= given.slice(1);
    const [n, space] = [this.shape.at(-1)!, this.shape.slice(0, -1)];
    let s = [1, ...space, this.keep ?? Math.ceil(n / 2)];
    const inside = this.layers.map((layer) => {
      const b = layer.madeFor(s);
      s = b.outputShape(s);
      return {
        ...b,
        weights: (shape: core.Shape) => layer.own(b.weights(shape)),
        initialize: (...args: Parameters<typeof b.initialize>) =>
          layer.trainable ? b.initialize(...args) : {},
      };
    });
    return core.split({ shape: this.shape, keep: this.keep }, core.chain(inside));
  }

  override freeModels(): void {
    for (const layer of this.layers) layer.freeModels();
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      // Plain data, whose type tfjs does not take for a config.
      layers: this.layers.map(savedLayer) as never,
      ...(this.keep !== undefined && { keep: this.keep }),
      ...(this.shape && { shape: [...this.shape] }),
    };
  }
}
register(InvertibleSplit);

function invertible(saved: SavedLayer): InvertibleLayer {
  const layer = revive('split', saved);
  if (layer instanceof InvertibleLayer) return layer;
  core.refuse(
    'split',
    'invertible layers inside',
    core.rules.printed('a layer', { className: saved.className }),
    'Only layers of this package can stand in a split.',
  );
}

/** Factory of {@link InvertibleSplit}. */
export const split = Object.assign((args?: SplitArgs) => new InvertibleSplit(args), {
  Layer: InvertibleSplit,
  metadata: {
    className: 'InvertibleSplit',
    source: 'Dinh et al. 2017, 3.6',
    logDet: 'of the layers inside',
    axes: core.everyRank,
    options: {},
  } satisfies core.Metadata,
});

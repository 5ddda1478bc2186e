import * as core from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';
import { InvertibleLayer } from './invertible-layer';
import { type InvertibleLayerArgs, layerRules } from './layer-args';
import { register } from './register';

/** A layer around a bijection that was made by hand. It trains like any other; what it is, no file can tell. */
export class InvertibleBijection extends InvertibleLayer {
  static className = 'InvertibleBijection';
  private readonly given: core.Bijection;

  constructor({ given, ...args }: InvertibleLayerArgs & { given?: core.Bijection } = {}) {
    super(args);
    this.given = given ?? this.refuse();
    this.settle(this.given);
  }

  protected override bijectionFor(): core.Bijection {
    return this.given;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return this.refuse();
  }

  private refuse(): never {
    core.refuse(
      this.name,
      'a bijection of a kind that a file can name',
      'one that was put together by hand',
      'Save its weights, flow.weights(), and make it again in code; or use a kind made by `define` and `layer`.',
    );
  }
}
register(InvertibleBijection);

/** Any bijection as a layer. */
export function bijectionLayer(given: core.Bijection, args: InvertibleLayerArgs = {}): InvertibleLayer {
  const bijection = { ...core.rules.having('forward', 'inverse', 'weights'), expected: 'a bijection' };
  core.rules.checkValue('bijectionLayer', 'given', given, { ...bijection, remedy: 'As in core.actNorm().' });
  core.checkOptions('bijectionLayer', args, layerRules);
  return new InvertibleBijection({ ...args, given });
}

import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { InvertibleLayer } from './invertible-layer';
import { checkPlain } from './layer';
import { type InvertibleLayerArgs, layerRules } from './layer-args';
import { register } from './register';

interface BijectionArgs extends InvertibleLayerArgs {
  given?: core.Bijection;
  /** Set by saving: how it was made. */
  recipe?: core.Recipe;
}

/** A layer around a bijection that was put together in code, of kinds that files can name or of others, which none can tell. */
export class InvertibleBijection extends InvertibleLayer {
  static className = 'InvertibleBijection';
  private readonly given: core.Bijection;

  constructor({ given, recipe, ...args }: BijectionArgs = {}) {
    super(args);
    this.given = given ?? (recipe ? core.fromRecipe(recipe, ofKind) : this.refuse());
    this.settle(this.given);
  }

  protected override bijectionFor(): core.Bijection {
    return this.given;
  }

  override getConfig(): tf.serialization.ConfigDict {
    const recipe = core.recipeOf(this.given) ?? this.refuse();
    checkPlain(this.name, 'bijection', recipe);
    // Plain data, whose type tfjs does not take for a config.
    return { ...super.getConfig(), recipe: recipe as never };
  }

  private refuse(): never {
    core.refuse(
      this.name,
      'a bijection of kinds that a file can name, alone or in chain, reverse, split and onPart',
      'one that was put together by hand',
      'Save its weights, flow.weights(), and make it again in code; or use a kind made by `define` and `layer`.',
    );
  }
}
register(InvertibleBijection);

/** A bijection of a kind whose layer is registered, of options in a file. */
function ofKind(className: string, config: object): core.Bijection {
  const known = tf.serialization.SerializationMap.getMap().classNameMap;
  const [kind] = (Object.hasOwn(known, className) && known[className]) || [];
  if (kind && 'bijectionOf' in kind && typeof kind.bijectionOf === 'function')
    return kind.bijectionOf(config);
  const remedy = 'Import what registers it first.';
  return core.refuse('bijectionLayer', 'a kind of bijection that is registered', className, remedy);
}

/** Any bijection as a layer. Files hold it where it is of kinds that they can name, alone or in `chain`, `reverse`, `split` and `onPart`. */
export function bijectionLayer(given: core.Bijection, args: InvertibleLayerArgs = {}): InvertibleLayer {
  const bijection = { ...core.rules.having('forward', 'inverse', 'weights'), expected: 'a bijection' };
  core.rules.checkValue('bijectionLayer', 'given', given, { ...bijection, remedy: 'As in core.actNorm().' });
  core.checkOptions('bijectionLayer', args, layerRules);
  return new InvertibleBijection({ ...args, given });
}

import type { Bijection } from '../bijection';
import { byChannels } from '../combinators/by-channels';
import { chain } from '../combinators/chain';
import { unconditional } from '../combinators/unconditional';
import { defineBijection } from '../define';
import { coupling } from '../engines/coupling';
import { lifted } from '../engines/lifted';
import { refuse } from '../errors';
import { type Link, type LinkName, linkOf, linkRule } from '../operators/link';
import { misfit } from '../operators/misfit';
import { type LinearOperator, operatorRule } from '../operators/operator';
import { flag, oneOf, whole } from '../options';
import { shift } from '../transformers/affine';
import { mostLayers } from './alternating';
import { hintCoupling, type LiftedHintOptions, liftedHintRules } from './hint-coupling';
import { type IrimCouplingOptions, irimCoupling, irimCouplingRules } from './irim-coupling';

export interface IrimLoopOptions {
  /** A, the linear map from an image to its measurement. */
  operator: LinearOperator;
  /** Default 8. */
  iterations?: number;
  /** Channels C of the image η; all others are the memory s, at least as many. Default 1. */
  image?: number;
  /** Ψ, from η to the image that the operator measures: 'identity', 'sigmoid', or one with its derivatives. Default 'identity'. */
  link?: LinkName | Link;
  /** All iterations have the same weights. Default false. */
  shared?: boolean;
}

type Layer = ({ coupling?: 'irim' } & IrimCouplingOptions) | ({ coupling: 'hint' } & LiftedHintOptions);

/** The loop, and the options of its coupling layer: `irimCoupling` (default) or `hintCoupling`, mixed before and back. */
export type IrimOptions = IrimLoopOptions & Layer;

/**
 * Invertible recurrent inference machine: a learned iteration for a linear inverse problem d = A Ψ(η) + noise.
 *
 *     g = Ψ′(η) ⊙ Aᵀ(A Ψ(η) − d)      s′ = s + [eˡ ⊙ g | 0]      (η, s) ← f(η, s′)      in every iteration
 *
 * A is only applied, forwards and backwards; d is the condition, of the operator's own shape. eˡ > 0 is one number per channel of
 * the image, which the first batch sets so that g has mean square 1. f is the coupling layer. log|det J| is that of all f: 0 with
 * 'irim'. Fresh, only s moves.
 * x: [batch, …spatial, C + memory], η in front: `withMemory` makes it of an image.
 * Putzky & Welling 2019, arXiv:1911.10914.
 *
 * ```ts
 * const operator = core.convolutionOperator([[0.1, 0.2, 0.1], [0.1, 0.1, 0.1], [0.1, 0.1, 0.1]]);
 * const net = core.irim({ operator, iterations: 4, hidden: 8 });
 * const d = operator.apply(tf.randomUniform([2, 8, 8, 1]));
 * const x = core.withMemory(operator.adjoint(d), 3);
 * const w = core.initialize(net, x, { condition: d });
 * const { y } = core.reversible(net)(x, w, { condition: d });
 * ```
 */
export const irim = defineBijection(
  {
    className: 'InvertibleIrim',
    source: 'Putzky & Welling 2019',
    logDet: '0, or that of HINT',
    options: {
      ...liftedHintRules,
      ...irimCouplingRules,
      operator: operatorRule,
      iterations: whole(1, mostLayers),
      image: whole(),
      link: linkRule,
      shared: flag,
      coupling: oneOf('irim', 'hint'),
    },
  },
  (options: IrimOptions, name): Bijection => {
    const { operator, iterations = 8, image = 1, link = 'identity', shared = false, ...layer } = options;
    if (!operator) {
      const remedy =
        'Say what was measured: convolutionOperator, maskOperator, radonOperator, or one of your own.';
      refuse(name, 'an operator {apply, adjoint}', 'none', remedy);
    }
    const psi = linkOf(link);
    const keys = Array.from({ length: iterations }, (_, i) => (shared ? 'all' : String(i)));
    return byChannels(name, (n) => {
      if (n < 2 * image) {
        const expected = `at least ${2 * image} channels: ${image} of the image and as many of memory`;
        refuse(name, expected, n, 'Give the image more memory with `withMemory`.');
      }
      const conditioner = misfit(operator, psi, n - image);
      const g = lifted(name, layer.exact, (lift) =>
        coupling(name, lift(shift), { split: image, conditioner }),
      );
      const step = chain([g, unconditional(layerOf(n, layer))], { keys: ['misfit', 'layer'] });
      return chain(
        keys.map(() => step),
        { keys },
      );
    });
  },
);

/** The coupling layer, which does not see the data, for a number of channels. */
function layerOf(n: number, layer: Layer): Bijection {
  if (layer.coupling === 'hint') {
    const { coupling: _, ...options } = layer;
    return hintCoupling({ permute: 'both', ...options });
  }
  const { coupling: _, ...options } = layer;
  return irimCoupling({ split: Math.floor(n / 2), ...options });
}

import type { Bijection, Shape, WeightSpec, Weights } from '../bijection';
import { eachWay } from '../directions';

/** From the weights that one has to those that a bijection reads, with the derivative both ways. */
export interface Parametrisation {
  weights(shape: Shape, condition?: Shape): WeightSpec[];
  at(w: Weights): Weights;
  pullback(w: Weights, dv: Weights): Weights;
  pushforward(w: Weights, dw: Weights): Weights;
}

/** The same bijection over other weights: y = b(x; v(w)). */
export const reparametrised = (b: Bijection, v: Parametrisation): Bijection => ({
  ...eachWay(b, (way) => ({
    forward: (x, w, c) => way.forward(x, v.at(w), c),
    pullback(y, dy, dL, w, c) {
      const { dw, ...rest } = way.pullback(y, dy, dL, v.at(w), c);
      return { ...rest, dw: v.pullback(w, dw) };
    },
    pushforward: (x, dx, w, dw, c, dc) => way.pushforward(x, dx, v.at(w), v.pushforward(w, dw), c, dc),
  })),
  weights: (shape, condition) => v.weights(shape, condition),
});

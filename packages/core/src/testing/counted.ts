import type { Conditioner } from '../conditioners/conditioner';

/** A conditioner that counts. */
export interface Counted extends Conditioner {
  /** Times that the network was evaluated, and that one of these was differentiated, since the last call. */
  take(): { evaluations: number; pullbacks: number };
}

/** Counts the evaluations of a conditioner: a coupling's pullback makes one, like its forward map. */
export function counted(net: Conditioner): Counted {
  let [evaluations, pullbacks] = [0, 0];
  return {
    weights: net.weights,
    forward(...args) {
      evaluations++;
      return net.forward(...args);
    },
    linearize(...args) {
      evaluations++;
      const { h, pullback } = net.linearize(...args);
      return {
        h,
        pullback(dh) {
          pullbacks++;
          return pullback(dh);
        },
      };
    },
    pushforward(...args) {
      evaluations++;
      return net.pushforward(...args);
    },
    take() {
      const taken = { evaluations, pullbacks };
      [evaluations, pullbacks] = [0, 0];
      return taken;
    },
  };
}

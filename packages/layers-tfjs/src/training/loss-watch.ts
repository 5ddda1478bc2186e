/** What is to be thought of a loss. */
export type Verdict = 'fine' | 'exploding' | 'exploded' | 'not finite';

export interface LossWatch {
  /** Takes the mean of one step, in nats per sample. */
  see(loss: number): Verdict;
  /** The lowest so far. */
  readonly best: number;
  /** Whether the weights of the last step are worth going back to. */
  readonly calm: boolean;
  /** Whether a run that ended now would end in an explosion. */
  readonly lost: boolean;
}

/** So far above its best, in nats per number of a sample, a loss explodes: there a latent number is 45 deviations from the mean. */
const beyond = 1000;
/** So many steps in a row end a run; one that is only shaken comes back sooner. */
const patience = 20;
/** So many at the end of a run are an explosion too. */
const atTheEnd = 5;
/** Within so many nats per number of the best a run is calm. */
const near = 10;

/** Watches the losses of a run for those that are not finite and those that explode. dims: numbers of a sample. */
export function lossWatch(dims: number): LossWatch {
  let best = Number.POSITIVE_INFINITY;
  let last = Number.NaN;
  let bad = 0;
  return {
    see(loss) {
      last = loss;
      if (!Number.isFinite(loss)) return 'not finite';
      best = Math.min(best, loss);
      bad = loss - best > beyond * dims ? bad + 1 : 0;
      if (bad === 0) return 'fine';
      return bad < patience ? 'exploding' : 'exploded';
    },
    get best() {
      return best;
    },
    get calm() {
      return last - best <= near * dims;
    },
    get lost() {
      return bad >= atTheEnd;
    },
  };
}

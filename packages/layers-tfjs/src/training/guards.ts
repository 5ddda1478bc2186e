import { type Rules, rules } from '@invertible/core';

const { above, callable, flag } = rules;

/** Guards of a training by maximum likelihood. All are on; each can be switched off. */
export interface Guards {
  /** A loss that is not finite ends the run before it touches a weight. Default true. */
  nan?: boolean;
  /**
   * A loss 1000 nats per number of a sample above its best warns; where it stays so for 20 steps, or to the end, it ends the run.
   * Default true.
   */
  explosion?: boolean;
  /**
   * A step whose rebuilt input is further off than this, relatively, takes its gradient again from inputs that are kept, and members
   * that spoil theirs keep them from then on: {@link driftGuard}. On GPU backends such a step counts nothing. false: nobody looks.
   * Default 1e-4.
   */
  drift?: number | false;
  /** Gets the warnings. Default: they go to the console. */
  onWarning?: (message: string) => void;
}

const limit = above(0);

export const guardRules: Rules<Guards> = {
  nan: flag,
  explosion: flag,
  drift: { expected: `false, or ${limit.expected}`, holds: (value) => value === false || limit.holds(value) },
  onWarning: callable,
};

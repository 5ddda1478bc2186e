/** How many steps of training a layer has made; each has masks of its own. */
export class StepCount {
  /** Nothing moves: it is a second evaluation of a step, or one of shapes. */
  still = false;

  constructor(public made = 0) {}

  /** What evaluates the layer again as it is applied next, for a gradient: with the same masks, and without moving anything. */
  replay(): <T>(f: () => T) => T {
    const { made } = this;
    return (f) => {
      const now = { made: this.made, still: this.still };
      Object.assign(this, { made, still: true });
      try {
        return f();
      } finally {
        Object.assign(this, now);
      }
    };
  }
}

import type { Bijection } from '../bijection';
import { eachWay } from '../directions';
import { zeroPerSample } from '../tensors/channels';

/** The same map, whose log-det does not count, since it is that of a condition. The first batch does not set it. */
export const withoutLogDet = (b: Bijection): Bijection => ({
  ...eachWay(b, (way) => ({
    forward: (x, w, c) => ({ y: way.forward(x, w, c).y, logDet: zeroPerSample(x) }),
    pullback: (y, dy, _, w, c) => way.pullback(y, dy, zeroPerSample(y), w, c),
    pushforward: (x, dx, w, dw, c, dc) => {
      const { y, dy } = way.pushforward(x, dx, w, dw, c, dc);
      return { y, dy, logDet: zeroPerSample(x), dLogDet: zeroPerSample(x) };
    },
  })),
  initialize: () => ({}),
  training(this: Bijection, seed: number) {
    const next = b.training(seed);
    return next === b ? this : withoutLogDet(next);
  },
});

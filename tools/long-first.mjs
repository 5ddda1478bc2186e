import sequencer from '@jest/test-sequencer';

/** What takes longest, the longest first: the GPU backends on software drivers, then zoos. */
const long = [
  /\/backends\//,
  /docs-gpu/,
  /layers-tfjs\/test\/zoo/,
  /\/test\/zoo\/(recipes|networks|couplings)/,
  /training/,
];

/** Long files start first, so that no worker waits for the other at the end, even where no earlier run is remembered. */
export default class LongFirst extends sequencer {
  sort(tests) {
    const order = ({ path }) => {
      const i = long.findIndex((part) => part.test(path));
      return i < 0 ? long.length : i;
    };
    return super.sort(tests).sort((a, b) => order(a) - order(b));
  }
}

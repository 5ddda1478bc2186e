import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs';
import { compress, decompress } from '../src/lossless/codec';
import { levelsOf } from '../src/lossless/data';
import { couplings, integerFlow } from '../src/lossless/flow';
import { firstOf, loadDigits } from '../src/mnist/data';

beforeAll(() => tf.setBackend('cpu'));

test.each(couplings)(
  '%s couplings at random weights: digits come back, in the bits that the flow says',
  async (coupling) => {
    const flow = integerFlow({ coupling, layers: 2, hidden: 4, seed: 3 });
    for (const [i, v] of Object.values(flow.variables).entries()) {
      v.assign(tf.add(v, tf.randomNormal(v.shape, 0, 0.1, 'float32', i + 1)));
    }
    const digits = firstOf(loadDigits('test'), 7);
    const before = tf.memory().numTensors;
    const file = await compress(flow, digits);
    expect((await decompress(flow, file)).bytes).toEqual(Uint8Array.from(digits.bytes));
    expect(tf.memory().numTensors).toBe(before);
    const said = tf.tidy(
      () => tf.addN(flow.bits(levelsOf(digits, 0, 7)).map((bits) => tf.sum(bits))).dataSync()[0]!,
    );
    // The ends of the levels take what lies beyond them, so that a file may be shorter.
    expect(8 * file.bytes.length).toBeLessThan(1.001 * said + 64);
  },
);

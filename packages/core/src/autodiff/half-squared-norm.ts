import * as tf from '@tensorflow/tfjs-core';
import { perElement, sumPerSample } from '../tensors/channels';
import { present } from '../weight-names';
import { checkMoment } from './moment';
import { ownedCotangents } from './reversible/cotangent-ledger';
import { outputOf, slots } from './reversible/slot';
import { openTape } from './tapes/tape';
import { isNested, twice } from './tapes/twice';

const value = (z: tf.Tensor): tf.Tensor => tf.mul(0.5, sumPerSample(tf.square(z)));

/**
 * Half the squared length of every sample, as one op. The likelihood at the end of every flow reads it.
 *
 *     n = ½‖z‖²      dz = dn · z
 *
 * z: [batch, …] → [batch]. Of stock ops, whose gradients spread, double and multiply, four tensors as large as z are alive in the
 * backward pass; of this one only dz, which the reversible op before it may free, as it may z.
 */
export function halfSquaredNorm(z: tf.Tensor): tf.Tensor {
  if (isNested()) return twice(() => value(z));
  const tape = openTape();
  const slot = slots.get(z);
  const kept = slot && tape && slot.tape === tape ? slot : undefined;
  const op = tf.customGrad((...given) => {
    // Typed as any of the two, wherever they stand.
    const [t, save] = given as [tf.Tensor, (saved: tf.Tensor[]) => void];
    if (!kept) save([t]);
    return {
      value: value(t),
      gradFunc(dn: tf.Tensor, [saved]: tf.Tensor[]) {
        checkMoment('halfSquaredNorm', []);
        const at = kept ? outputOf(kept) : present(saved);
        const dz = tf.mul(at, perElement(dn, at.rank));
        ownedCotangents.add(dz);
        return dz;
      },
    };
  });
  return op(z);
}

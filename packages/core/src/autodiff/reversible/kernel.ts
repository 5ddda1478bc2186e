import * as tf from '@tensorflow/tfjs-core';
import { tidy } from '../../tidy';
import { weight } from '../../weight-names';
import { registerOwnOp } from '../own-op';
import { gradient } from './gradient';
import { reversibleKernel } from './kernel-name';
import { inPass } from './pass';
import { inputsOf, type Slot } from './slot';

/** The attribute of the kernel is its slot; tfjs types attributes as plain values, but hands on what it is given. */
interface Attributes {
  slot: Slot;
}
const slotOf = (attrs: unknown): Slot => (attrs as Attributes).slot;

/** The kernel for a number of saved inputs. */
const kernelFor = (saved: number): string =>
  registerOwnOp(`${reversibleKernel}${saved}`, () => ({
    inputsToSave: Array.from({ length: saved }, (_, i) => `w${i}`),
    outputsToSave: [true, false],
    kernelFunc: ({ inputs, attrs }) => {
      // A kernel's inputs are typed as TensorInfo, but the engine hands on the tensors themselves.
      const t = inputs as unknown as tf.NamedTensorMap;
      const slot = slotOf(attrs);
      const { w, c } = inputsOf(slot, 'now');
      return tidy(() => {
        const { y, logDet } = inPass(slot.pass, 'forward', () => slot.turn.forward(weight(t, 'x'), w, c));
        return [y, tf.add(weight(t, 'logDet'), logDet)];
      });
    },
    gradFunc(dys, _, attrs) {
      const [dy, dL] = dys as [tf.Tensor, tf.Tensor];
      return gradient(dy, dL, slotOf(attrs));
    },
  }));

/** Runs the op of a slot: (y, logDet) from x and the running log-det. */
export function runKernel(slot: Slot, x: tf.Tensor, logDet: tf.Tensor): { y: tf.Tensor; logDet: tf.Tensor } {
  const inputs: tf.NamedTensorMap = { x, logDet };
  for (const { key, t } of slot.inputs) inputs[key] = t;
  const saved = slot.inputs.filter(({ key }) => key.startsWith('w')).length;
  // tfjs asks for plain attributes, into which it never looks, and types the outputs of a kernel as one tensor.
  const attrs = { slot } as unknown as tf.NamedAttrMap;
  const outputs: unknown = tf.engine().runKernel(kernelFor(saved), inputs, attrs);
  const [y, total] = outputs as [tf.Tensor, tf.Tensor];
  return { y, logDet: total };
}

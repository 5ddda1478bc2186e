import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import { type Counted, counted, sample } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';

/** Couplings around one network, and how many nodes of theirs ask it. */
const couplings: Record<string, [number, (conditioner: core.Conditioner) => core.Bijection]> = {
  additiveCoupling: [1, (conditioner) => core.additiveCoupling({ conditioner })],
  affineCoupling: [1, (conditioner) => core.affineCoupling({ conditioner, flip: true })],
  'volume preserving': [1, (conditioner) => core.affineCoupling({ conditioner, volumePreserving: true })],
  conditionalAffine: [1, (conditioner) => core.conditionalAffine({ conditioner })],
  glowCoupling: [1, (conditioner) => core.glowCoupling({ conditioner })],
  momentum: [1, (conditioner) => core.momentum({ conditioner })],
  irimCoupling: [2, (conditioner) => core.irimCoupling({ conditioner, dilations: [1, 2] })],
  'hintCoupling down to single channels': [3, (conditioner) => core.hintCoupling({ conditioner, leaf: 1 })],
  'chain of two': [
    2,
    (conditioner) =>
      core.chain([
        core.affineCoupling({ conditioner }),
        core.reverse(core.additiveCoupling({ conditioner })),
      ]),
  ],
};

beforeAll(() => tf.setBackend('cpu'));

describe.each(Object.entries(couplings))('%s', (_, [nodes, make]) => {
  let net: Counted;
  const at = () => {
    net = counted(core.denseNet({ hidden: 3 }));
    return sample(make(net), [2, 4], { condition: [2, 3] });
  };

  test('a pullback evaluates the network once, like the map itself, and differentiates that evaluation', () => {
    const { bijection, x, w, c } = at();
    const dL = tf.ones([2]);
    const asked = (f: () => unknown) => {
      f();
      return net.take();
    };
    const { y } = bijection.forward(x, w, c);
    expect(net.take()).toEqual({ evaluations: nodes, pullbacks: 0 });
    expect(asked(() => bijection.inverse(y, w, c))).toEqual({ evaluations: nodes, pullbacks: 0 });
    expect(asked(() => bijection.pullback(y, y, dL, w, c))).toEqual({ evaluations: nodes, pullbacks: nodes });
    expect(asked(() => bijection.inversePullback(x, x, dL, w, c))).toEqual({
      evaluations: nodes,
      pullbacks: nodes,
    });
  });

  test('a gradient of the reversible op evaluates it twice: out and back', () => {
    const { bijection, x, w, c } = at();
    const op = core.reversible(bijection);
    const loss = (t: tf.Tensor) => {
      const { y, logDet } = op(t, w, { ...(c && { condition: c }) });
      return tf.add(tf.sum(y), tf.sum(logDet));
    };
    tf.grad(loss)(x);
    expect(net.take()).toEqual({ evaluations: 2 * nodes, pullbacks: nodes });
  });
});

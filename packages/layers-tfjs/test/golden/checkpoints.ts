import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { type Kit, network } from './kit';

export interface CheckpointRecipe {
  /** A model that ends in a likelihood head. */
  model(kit: Kit): tfl.LayersModel;
  optimizer(kit: Kit): tf.Optimizer;
  /** Trains in the inverse direction, whose gradient has been rounded in another order since: a further step agrees to rounding. */
  rounded?: boolean;
}

const hidden = 3;
const sequential = (layers: (kit: Kit) => tfl.layers.Layer[]) => (kit: Kit) =>
  kit.tfl.sequential({ layers: [...layers(kit), kit.inn.gaussianLikelihood()] });

const image = sequential((kit) => {
  const { inn } = kit;
  return [
    inn.actNorm({ inputShape: [4, 4, 2] }),
    inn.conv1x1({ kind: 'lu', seed: 1 }),
    inn.batchNorm({ momentum: 0.7 }),
    inn.affineCoupling({ conditioner: network(kit, true) }),
    inn.split({ layers: [inn.squeeze(), inn.actNorm(), inn.conv1x1({ seed: 2 })] }),
  ];
});

const couplings = (gradient: 'reversible' | 'stored') =>
  sequential(({ inn }) => [
    inn.pixelAffine({ gradient, inputShape: [4] }),
    inn.affineCoupling({ hidden, gradient, scale: 'sigmoid' }),
    inn.hintCoupling({ hidden, gradient, leaf: 1, permute: 'both' }),
    inn.additiveCoupling({ hidden, gradient, flip: true, inverse: true }),
    inn.conditionalHintCoupling({ hidden, gradient }),
    inn.momentum({ hidden, gradient }),
    inn.leakyRelu({ gradient }),
    inn.softplus({ gradient }),
  ]);

const matrices = sequential(({ inn }) => [
  inn.conv1x1({ kind: 'qr', inputShape: [4, 2] }),
  inn.orthogonalDownsampling(),
  inn.conv1x1({ kind: 'exponential' }),
  inn.irimCoupling({ hidden }),
  inn.hyperbolic({ hidden }),
  inn.haarSqueeze({ inverse: true }),
]);

/** Training that goes on: every optimizer, and every engine under one of them. Add to them; those that are here stay as they are. */
export const checkpoints: Record<string, CheckpointRecipe> = {
  'images, adam, clipped': {
    model: image,
    optimizer: ({ tf, inn }) => inn.clipByGlobalNorm(tf.train.adam(0.01), 1),
  },
  'couplings, momentum': {
    model: couplings('reversible'),
    optimizer: ({ tf }) => tf.train.momentum(0.001, 0.9),
  },
  'couplings, stored, adagrad': { model: couplings('stored'), optimizer: ({ tf }) => tf.train.adagrad(0.01) },
  'matrices, rmsprop': { model: matrices, optimizer: ({ tf }) => tf.train.rmsprop(0.001, 0.9, 0.5) },
  'matrices, adadelta': { model: matrices, optimizer: ({ tf }) => tf.train.adadelta(0.001) },
  'a conditional glow, sgd': {
    model: ({ inn }) =>
      inn.conditionalGlow({ shape: [4, 4, 1], condition: [4, 4, 1], hidden, steps: 1 }).model,
    optimizer: ({ tf }) => tf.train.sgd(0.001),
  },
  'a flow with a base that is given a condition, adam': {
    model: ({ inn }) =>
      inn.flow({
        bijection: inn.conditionalAffine({ hidden, scale: 'atan' }),
        shape: [3],
        condition: [2],
        base: { kind: 'conditionalNormal', hidden },
      }).model,
    optimizer: ({ tf }) => tf.train.adam(0.01),
    rounded: true,
  },
};

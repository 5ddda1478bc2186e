import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

const conditioner: inn.ModelFactory = (shape, out, condition) => {
  const x = tfl.input({ shape });
  const c = condition && tfl.input({ shape: condition });
  const both = c ? (tfl.layers.concatenate().apply([x, c]) as tfl.SymbolicTensor) : x;
  const hidden = tfl.layers.dense({ units: 3, activation: 'tanh' }).apply(both);
  const outputs = tfl.layers.dense({ units: out }).apply(hidden) as tfl.SymbolicTensor;
  return tfl.model({ inputs: c ? [x, c] : x, outputs });
};

/** A graph of stock layers: shared ones, models in models, one that recurs, several inputs and outputs. */
function graph(): tfl.LayersModel {
  const [a, b] = [tfl.input({ shape: [4], name: 'a' }), tfl.input({ shape: [4], name: 'b' })];
  const shared = tfl.layers.dense({ units: 4, name: 'shared' });
  const inner = tfl.sequential({ name: 'inner', layers: [tfl.layers.dense({ units: 4, inputShape: [4] })] });
  const p = tfl.input({ shape: [4], name: 'p' });
  const nested = tfl.model({
    name: 'nested',
    inputs: p,
    outputs: tfl.layers.dense({ units: 4, name: 'q' }).apply(p) as tfl.SymbolicTensor,
  });
  const apply = (layer: tfl.layers.Layer, x: tfl.SymbolicTensor | tfl.SymbolicTensor[]) =>
    layer.apply(x) as tfl.SymbolicTensor;
  const sum = apply(tfl.layers.add({ name: 'sum' }), [apply(shared, a), apply(shared, b)]);
  const twice = apply(nested, apply(nested, apply(inner, sum)));
  const steps = apply(tfl.layers.reshape({ targetShape: [2, 2], name: 'steps' }), twice);
  const again = apply(
    tfl.layers.lstm({ units: 3, name: 'again', recurrentInitializer: 'glorotUniform' }),
    steps,
  );
  return tfl.model({ inputs: [a, b], outputs: [again, twice] });
}

/** Models of every way that a file can say one. */
export const models: Record<string, () => tfl.LayersModel> = {
  'a sequence of layers': () =>
    tfl.sequential({
      layers: [
        inn.actNorm({ inputShape: [4] }),
        inn.conv1x1({ reflections: 2 }),
        inn.affineCoupling({ conditioner }),
        inn.permutation({ seed: 1 }),
        inn.hintCoupling({ hidden: 3, leaf: 1 }),
        inn.split({ layers: [inn.actNorm(), inn.conv1x1({ kind: 'lu' })] }),
        inn.gaussianLikelihood(),
      ],
    }),
  'a network given a condition': () =>
    inn.conditionalGlow({ shape: [4, 4, 1], condition: [3], scales: 1, steps: 1, hidden: 2 }).model,
  'couplings in turn': () => inn.realNvp({ shape: [4], layers: 2, hidden: 3 }).model,
  'a network of levels': () => inn.iunet({ shape: [4, 4, 2], levels: 1, hidden: 2 }).model,
  'conditioners of data': () =>
    inn.flow({
      bijection: inn.affineCoupling({ conditioner: inn.denseNet({ hidden: 3, layers: 2 }) }),
      shape: [4],
      condition: [2],
      base: { kind: 'conditionalNormal', hidden: 2 },
    }).model,
  'stock layers': graph,
};

/** Trained for one step, where there is an optimizer. */
export async function trained(): Promise<tfl.LayersModel> {
  const model = tfl.sequential({
    layers: [inn.actNorm({ inputShape: [4] }), inn.affineCoupling({ hidden: 3 }), inn.gaussianLikelihood()],
  });
  model.compile({ optimizer: tf.train.adam(0.01), loss: inn.nll });
  await model.trainOnBatch(tf.ones([8, 4]), tf.zeros([8, 1]));
  return model;
}

import * as inn from '@invertible/layers-tfjs';
import * as tfl from '@tensorflow/tfjs-layers';
import { mobileNet, uNet } from '../../examples/src/bench/checkpoints/models';
import { seeds } from './checkpoint-models';

type Symbolic = tfl.SymbolicTensor;

const to = (layer: tfl.layers.Layer, x: Symbolic | Symbolic[]) => layer.apply(x) as Symbolic;

const dense = (k: ReturnType<typeof seeds>, units = 6) =>
  tfl.layers.dense({ units, activation: 'tanh', ...k() });

/** Ten kinds of models, each with the shape of its inputs. */
export const stockModels: Record<string, () => tfl.LayersModel> = {
  'a chain of dense layers': () => {
    const k = seeds();
    const layers = Array.from({ length: 9 }, () => dense(k));
    return tfl.sequential({ layers: [tfl.layers.reLU({ inputShape: [6] }), ...layers] });
  },
  'MobileNetV2-shaped': () =>
    mobileNet(16, [
      [1, 4, 1, 1],
      [3, 6, 2, 2],
      [3, 8, 2, 1],
    ]),
  'U-Net-shaped': () => uNet(8, 2, 3),
  'a recurrent network': () => {
    const k = seeds();
    const rnn = { units: 4, returnSequences: true, recurrentInitializer: 'zeros' as const };
    const layers = [
      tfl.layers.lstm({ ...rnn, ...k(), inputShape: [4, 3] }),
      tfl.layers.gru({ ...rnn, ...k() }),
      tfl.layers.timeDistributed({ layer: dense(k, 3) }),
    ];
    return tfl.sequential({ layers });
  },
  'models inside': () => {
    const k = seeds();
    const inner = () =>
      tfl.sequential({
        layers: [tfl.layers.reLU({ inputShape: [6] }), dense(k), tfl.layers.batchNormalization(), dense(k)],
      });
    return tfl.sequential({ layers: [inner(), dense(k), inner()] });
  },
  'a layer that is shared': () => {
    const k = seeds();
    const shared = dense(k);
    const x = tfl.input({ shape: [6] });
    const y = to(dense(k), to(shared, to(dense(k), to(shared, x))));
    return tfl.model({ inputs: x, outputs: to(tfl.layers.add(), [y, to(shared, y)]) });
  },
  'a flow after an encoder': () => {
    const k = seeds();
    const layers = [
      dense(k),
      dense(k),
      inn.actNorm(),
      inn.affineCoupling({ hidden: 4, seed: 1 }),
      inn.conv1x1({ seed: 2 }),
      inn.affineCoupling({ hidden: 4, seed: 3 }),
      inn.gaussianLikelihood(),
    ];
    return tfl.sequential({ layers: [tfl.layers.reLU({ inputShape: [6] }), ...layers] });
  },
  'invertible layers between ordinary ones': () => {
    const k = seeds();
    const layers = [
      tfl.layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', inputShape: [6, 6, 2], ...k() }),
      inn.affineCoupling({ hidden: 4, seed: 1 }),
      inn.batchNorm(),
      tfl.layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu', ...k() }),
      tfl.layers.dropout({ rate: 0.3 }),
      inn.affineCoupling({ hidden: 4, seed: 2 }),
      tfl.layers.flatten(),
      dense(k),
    ];
    return tfl.sequential({ layers });
  },
  'frozen layers': () => {
    const k = seeds();
    const layers = Array.from({ length: 6 }, () => dense(k));
    const model = tfl.sequential({ layers: [tfl.layers.reLU({ inputShape: [6] }), ...layers] });
    for (const layer of layers.slice(1, 3)) layer.trainable = false;
    return model;
  },
  'two inputs, two outputs': () => {
    const k = seeds();
    const [a, b] = [tfl.input({ shape: [6] }), tfl.input({ shape: [6] })];
    const joined = to(dense(k), to(tfl.layers.multiply(), [to(dense(k), a), to(dense(k), b)]));
    return tfl.model({ inputs: [a, b], outputs: [to(dense(k), joined), to(dense(k), to(dense(k), joined))] });
  },
};

import * as inn from '@invertible/layers-tfjs';
import * as tfl from '@tensorflow/tfjs-layers';
import { seeds } from './checkpoint-models';

type Symbolic = tfl.SymbolicTensor;
type Init = ReturnType<ReturnType<typeof seeds>>;

const to = (layer: tfl.layers.Layer, x: Symbolic | Symbolic[]) => layer.apply(x) as Symbolic;

/** Sandler et al. 2018, arXiv:1801.04381: inverted residual blocks [expansion, channels, repeats, stride]. */
export function mobileNet(
  size: number,
  blocks: readonly (readonly [number, number, number, number])[],
  { classes = 10, stem = 8 } = {},
): tfl.LayersModel {
  const k = seeds();
  const normed = (x: Symbolic, activate = true) => {
    const y = to(tfl.layers.batchNormalization(), x);
    return activate ? to(tfl.layers.reLU({ maxValue: 6 }), y) : y;
  };
  const conv = (filters: number, kernelSize: number, strides = 1) =>
    tfl.layers.conv2d({ filters, kernelSize, strides, padding: 'same', useBias: false, ...k() });
  const depthwise = (strides: number, { kernelInitializer: depthwiseInitializer }: Init) =>
    tfl.layers.depthwiseConv2d({
      kernelSize: 3,
      strides,
      padding: 'same',
      useBias: false,
      depthwiseInitializer,
    });
  const input = tfl.input({ shape: [size, size, 3] });
  let x = normed(to(conv(stem, 3, 2), input));
  for (const [expansion, channels, repeats, stride] of blocks) {
    for (let n = 0; n < repeats; n++) {
      const step = n === 0 ? stride : 1;
      const before = x;
      let y = x;
      if (expansion > 1) y = normed(to(conv(expansion * (x.shape.at(-1) ?? 1), 1), y));
      y = normed(to(depthwise(step, k()), y));
      y = normed(to(conv(channels, 1), y), false);
      x = step === 1 && before.shape.at(-1) === channels ? to(tfl.layers.add(), [before, y]) : y;
    }
  }
  const pooled = to(tfl.layers.globalAveragePooling2d({}), x);
  return tfl.model({ inputs: input, outputs: to(tfl.layers.dense({ units: classes, ...k() }), pooled) });
}

/** Ronneberger et al. 2015, arXiv:1505.04597. */
export function uNet(size: number, levels: number, filters: number): tfl.LayersModel {
  const k = seeds();
  const conv = (n: number, x: Symbolic) =>
    to(tfl.layers.conv2d({ filters: n, kernelSize: 3, padding: 'same', activation: 'relu', ...k() }), x);
  const input = tfl.input({ shape: [size, size, 1] });
  const skips: Symbolic[] = [];
  let x: Symbolic = input;
  for (let level = 0; level < levels; level++) {
    x = conv(filters * 2 ** level, conv(filters * 2 ** level, x));
    skips.push(x);
    x = to(tfl.layers.maxPooling2d({ poolSize: 2 }), x);
  }
  x = conv(filters * 2 ** levels, x);
  for (let level = levels - 1; level >= 0; level--) {
    const up = to(tfl.layers.upSampling2d({ size: [2, 2] }), x);
    x = conv(filters * 2 ** level, to(tfl.layers.concatenate(), [skips[level] ?? up, up]));
  }
  return tfl.model({
    inputs: input,
    outputs: to(tfl.layers.conv2d({ filters: 1, kernelSize: 1, ...k() }), x),
  });
}

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

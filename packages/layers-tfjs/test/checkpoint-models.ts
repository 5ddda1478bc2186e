import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/** Seeds of the kernels of one model, one after the other, so that two models of a kind begin alike. */
export function seeds() {
  let seed = 0;
  return () => ({ kernelInitializer: tfl.initializers.glorotNormal({ seed: ++seed }) });
}
type Begun = ReturnType<typeof seeds>;

const conv = (k: Begun, filters: number, more: object = {}) =>
  tfl.layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu', ...k(), ...more });

/** A run of layers that a checkpoint is put around, and what it is for. */
export interface Case {
  input: number[][];
  layers: (k: Begun) => tfl.layers.Layer[];
  /** Numbers of an input that are indices. */
  indices?: number;
}

/** Ten kinds of runs of ordinary layers. */
export const runs: Record<string, Case> = {
  convolutions: { input: [[6, 6, 2]], layers: (k) => [conv(k, 4), conv(k, 4)] },
  'batch normalisation': {
    input: [[6, 6, 2]],
    layers: (k) => [conv(k, 4), tfl.layers.batchNormalization(), tfl.layers.reLU(), conv(k, 3)],
  },
  'dropout and noise': {
    input: [[8]],
    layers: (k) => [
      tfl.layers.dense({ units: 8, activation: 'tanh', ...k() }),
      tfl.layers.dropout({ rate: 0.5 }),
      tfl.layers.gaussianNoise({ stddev: 0.1 }),
      tfl.layers.alphaDropout({ rate: 0.2 }),
      tfl.layers.dense({ units: 4, ...k() }),
    ],
  },
  'depthwise and pooling': {
    input: [[8, 8, 2]],
    layers: (k) => [
      tfl.layers.depthwiseConv2d({
        kernelSize: 3,
        padding: 'same',
        depthwiseInitializer: k().kernelInitializer,
      }),
      tfl.layers.averagePooling2d({ poolSize: 2 }),
      conv(k, 4, { kernelSize: 1 }),
      tfl.layers.upSampling2d({ size: [2, 2] }),
    ],
  },
  'a skip connection': {
    input: [[6, 6, 2]],
    layers: (k) => {
      const x = tfl.input({ shape: [6, 6, 2] });
      const a = conv(k, 2).apply(x) as tfl.SymbolicTensor;
      const b = conv(k, 2).apply(a) as tfl.SymbolicTensor;
      return [tfl.model({ inputs: x, outputs: tfl.layers.add().apply([x, b]) as tfl.SymbolicTensor })];
    },
  },
  attention: {
    input: [[5, 4]],
    layers: (k) => {
      const x = tfl.input({ shape: [5, 4] });
      const dense = () => tfl.layers.dense({ units: 4, ...k() }).apply(x) as tfl.SymbolicTensor;
      const [q, key, v] = [dense(), dense(), dense()];
      const weights = tfl.layers
        .activation({ activation: 'softmax' })
        .apply(tfl.layers.dot({ axes: 2 }).apply([q, key])) as tfl.SymbolicTensor;
      const out = tfl.layers.dot({ axes: [2, 1] }).apply([weights, v]) as tfl.SymbolicTensor;
      return [
        tfl.model({ inputs: x, outputs: tfl.layers.layerNormalization().apply(out) as tfl.SymbolicTensor }),
      ];
    },
  },
  'a recurrent network': {
    input: [[5, 3]],
    layers: (k) => [
      tfl.layers.lstm({ units: 4, returnSequences: true, recurrentInitializer: 'zeros', ...k() }),
      tfl.layers.gru({ units: 4, recurrentInitializer: 'zeros', ...k() }),
    ],
  },
  'an embedding': {
    input: [[5]],
    indices: 7,
    layers: (k) => [
      tfl.layers.embedding({ inputDim: 7, outputDim: 4, embeddingsInitializer: k().kernelInitializer }),
      tfl.layers.conv1d({ filters: 3, kernelSize: 3, ...k() }),
    ],
  },
  'two inputs': {
    input: [[4], [4]],
    layers: (k) => [tfl.layers.concatenate(), tfl.layers.dense({ units: 4, activation: 'elu', ...k() })],
  },
  'invertible layers': {
    input: [[4, 4, 4]],
    layers: () => [
      inn.actNorm(),
      inn.conv1x1({ seed: 1 }),
      inn.affineCoupling({ hidden: 4, seed: 2 }),
      inn.batchNorm(),
    ],
  },
  'checkpoints inside': {
    input: [[6, 6, 2]],
    layers: (k) => [
      inn.checkpoint({ layers: [conv(k, 3), conv(k, 3)] }),
      inn.checkpoint({ layers: [conv(k, 2), tfl.layers.batchNormalization()] }),
    ],
  },
};

export const inputsOf = ({ input, indices }: Case, batch = 3): tf.Tensor[] =>
  input.map((shape, i) =>
    indices
      ? tf.floor(tf.randomUniform([batch, ...shape], 0, indices, 'float32', i + 1))
      : tf.randomNormal([batch, ...shape], 0, 1, 'float32', i + 1),
  );

/** The run between two layers of its own, by itself or around it a checkpoint. */
export function modelOf({ input, layers, indices }: Case, checkpointed: boolean): tfl.LayersModel {
  const k = seeds();
  const inputs = input.map((shape) => tfl.input({ shape }));
  const before = inputs.map((x) =>
    indices ? x : (tfl.layers.dense({ units: x.shape.at(-1)!, ...k() }).apply(x) as tfl.SymbolicTensor),
  );
  type Symbolic = tfl.SymbolicTensor | tfl.SymbolicTensor[];
  const start: Symbolic = before.length === 1 ? before[0]! : before;
  const own = layers(k);
  const all = checkpointed ? [inn.checkpoint({ layers: own })] : own;
  const end = all.reduce<Symbolic>((t, layer) => layer.apply(t) as Symbolic, start) as tfl.SymbolicTensor;
  const flat = end.shape.length > 2 ? (tfl.layers.flatten().apply(end) as tfl.SymbolicTensor) : end;
  const outputs = tfl.layers.dense({ units: 1, ...k() }).apply(flat) as tfl.SymbolicTensor;
  return tfl.model({ inputs, outputs });
}

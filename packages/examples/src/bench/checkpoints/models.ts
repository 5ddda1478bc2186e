import * as tf from '@tensorflow/tfjs';

type Symbolic = tf.SymbolicTensor;

const to = (layer: tf.layers.Layer, x: Symbolic | Symbolic[]) => layer.apply(x) as Symbolic;

/** Kernels of one model from seeds, one after the other, so that two models of a kind begin alike. */
export function kernels() {
  let seed = 0;
  return () => tf.initializers.glorotNormal({ seed: ++seed });
}

/** Sandler et al. 2018, arXiv:1801.04381: inverted residual blocks [expansion, channels, repeats, stride]. */
export function mobileNet(
  size: number,
  blocks: readonly (readonly [number, number, number, number])[],
  { classes = 10, stem = 8 } = {},
): tf.LayersModel {
  const kernel = kernels();
  const normed = (x: Symbolic, activate = true) => {
    const y = to(tf.layers.batchNormalization(), x);
    return activate ? to(tf.layers.reLU({ maxValue: 6 }), y) : y;
  };
  const conv = (filters: number, kernelSize: number, strides = 1) =>
    tf.layers.conv2d({
      filters,
      kernelSize,
      strides,
      padding: 'same',
      useBias: false,
      kernelInitializer: kernel(),
    });
  const depthwise = (strides: number) =>
    tf.layers.depthwiseConv2d({
      kernelSize: 3,
      strides,
      padding: 'same',
      useBias: false,
      depthwiseInitializer: kernel(),
    });
  const input = tf.input({ shape: [size, size, 3] });
  let x = normed(to(conv(stem, 3, 2), input));
  for (const [expansion, channels, repeats, stride] of blocks) {
    for (let n = 0; n < repeats; n++) {
      const step = n === 0 ? stride : 1;
      const before = x;
      let y = x;
      if (expansion > 1) y = normed(to(conv(expansion * (x.shape.at(-1) ?? 1), 1), y));
      y = normed(to(depthwise(step), y));
      y = normed(to(conv(channels, 1), y), false);
      x = step === 1 && before.shape.at(-1) === channels ? to(tf.layers.add(), [before, y]) : y;
    }
  }
  const pooled = to(tf.layers.globalAveragePooling2d({}), x);
  return tf.model({
    inputs: input,
    outputs: to(tf.layers.dense({ units: classes, kernelInitializer: kernel() }), pooled),
  });
}

/** Ronneberger et al. 2015, arXiv:1505.04597. */
export function uNet(size: number, levels: number, filters: number): tf.LayersModel {
  const kernel = kernels();
  const conv = (n: number, x: Symbolic) =>
    to(
      tf.layers.conv2d({
        filters: n,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: kernel(),
      }),
      x,
    );
  const input = tf.input({ shape: [size, size, 1] });
  const skips: Symbolic[] = [];
  let x: Symbolic = input;
  for (let level = 0; level < levels; level++) {
    x = conv(filters * 2 ** level, conv(filters * 2 ** level, x));
    skips.push(x);
    x = to(tf.layers.maxPooling2d({ poolSize: 2 }), x);
  }
  x = conv(filters * 2 ** levels, x);
  for (let level = levels - 1; level >= 0; level--) {
    const up = to(tf.layers.upSampling2d({ size: [2, 2] }), x);
    x = conv(filters * 2 ** level, to(tf.layers.concatenate(), [skips[level] ?? up, up]));
  }
  return tf.model({
    inputs: input,
    outputs: to(tf.layers.conv2d({ filters: 1, kernelSize: 1, kernelInitializer: kernel() }), x),
  });
}

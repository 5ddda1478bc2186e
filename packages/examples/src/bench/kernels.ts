import * as tf from '@tensorflow/tfjs-core';
import { chooseBackend } from '../backend';
import { elapsed, quantile } from '../measure';

/** Milliseconds of a convolution and of its two gradients on wasm, the runs taken in turn. */
const shapes: { x: [number, number, number, number]; w: [number, number, number, number] }[] = [
  { x: [8, 64, 64, 32], w: [3, 3, 32, 32] },
  { x: [8, 64, 64, 32], w: [1, 1, 32, 32] },
  { x: [1, 64, 64, 32], w: [3, 3, 32, 32] },
  { x: [64, 14, 14, 2], w: [3, 3, 2, 32] },
  { x: [64, 7, 7, 32], w: [3, 3, 32, 16] },
];

await chooseBackend('wasm');
console.log('| x | filter | forward | input gradient | filter gradient |');
console.log('| --- | --- | --- | --- | --- |');
for (const { x: xs, w: ws } of shapes) {
  const x = tf.randomNormal(xs) as tf.Tensor4D;
  const w = tf.randomNormal(ws) as tf.Tensor4D;
  const dy = tf.randomNormal([xs[0], xs[1], xs[2], ws[3]]) as tf.Tensor4D;
  const attrs = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', inputShape: xs, filterShape: ws };
  const run = (kernel: string, inputs: tf.NamedTensorMap) =>
    tf.engine().runKernel(kernel, inputs, attrs) as tf.Tensor;
  const tasks = [
    () => tf.conv2d(x, w, 1, 'same'),
    () => run(tf.Conv2DBackpropInput, { dy, filter: w }),
    () => run(tf.Conv2DBackpropFilter, { x, dy }),
  ];
  const times: number[][] = tasks.map(() => []);
  for (let k = 0; k < 12; k++) {
    tasks.forEach((task, i) => {
      const time = elapsed(task);
      if (k > 1) times[i]!.push(time);
    });
  }
  const [forward, ...rest] = times.map((t) => quantile(t, 0.5)) as [number, ...number[]];
  const cells = rest.map((t) => `${t.toFixed(1)} ms, ${(t / forward).toFixed(2)} ×`);
  console.log(`| ${xs.join(' × ')} | ${ws.join(' × ')} | ${forward.toFixed(1)} ms | ${cells.join(' | ')} |`);
  tf.dispose([x, w, dy]);
}

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';

const numbers = (t: tf.Tensor) => Array.from(t.dataSync());
/** 16 rows of 13 pixels. */
const image = (f: (i: number, j: number) => number) =>
  tf.tensor(
    Array.from({ length: 16 * 13 }, (_, k) => f(Math.floor(k / 13), k % 13)),
    [1, 16, 13, 1],
  );
const wave = (i: number, j: number) => 0.5 + 0.4 * Math.sin(0.7 * i) * Math.cos(0.5 * j);
const x = () => image(wave);
const rippled = () => image((i, j) => wave(i, j) + 0.1 * Math.sin(2.3 * i + 1.1 * j));
const darker = () => image((i, j) => 0.8 * wave(i, j) ** 2);

describe.each(['cpu', 'wasm'])('%s', (backend) => {
  beforeAll(async () => {
    core.registerKernels();
    await tf.setBackend(backend);
  });

  test('PSNR and SSIM are those of scikit-image, for each sample', () => {
    // scikit-image 0.26.0 in float64: peak_signal_noise_ratio(x, y, data_range=1) and structural_similarity(x, y,
    // data_range=1, gaussian_weights=True, sigma=1.5, use_sample_covariance=False); SSIM loses digits in σ² = mean x² − μ².
    const [first, second] = [tf.concat([x(), x()]), tf.concat([rippled(), darker()])];
    const before = tf.memory().numTensors;
    const [p, s] = [core.psnr(first, second), core.ssim(first, second)];
    expect(tf.memory().numTensors).toBe(before + 2);
    for (const [k, v] of [23.030698384139505, 11.24697441626038].entries()) {
      expect(numbers(p)[k]).toBeCloseTo(v, 4);
    }
    for (const [k, v] of [0.9360561529381752, 0.7704838261174589].entries()) {
      expect(numbers(s)[k]).toBeCloseTo(v, 5);
    }
  });

  test('the peak is a scale of both images, and channels count alike', () => {
    const [a, b] = [tf.mul(10, x()), tf.mul(10, rippled())];
    expect(numbers(core.psnr(a, b, { peak: 20 }))[0]).toBeCloseTo(29.05129829741913, 4);
    expect(numbers(core.ssim(a, b, { peak: 20 }))[0]).toBeCloseTo(0.9382273013398189, 5);
    const both = core.ssim(tf.concat([x(), x()], 3), tf.concat([rippled(), darker()], 3));
    expect(numbers(both)[0]).toBeCloseTo((0.9360561529381752 + 0.7704838261174589) / 2, 5);
  });

  test('equal images are alike', () => {
    expect(numbers(core.psnr(x(), x()))[0]).toBeCloseTo(300, 3);
    expect(numbers(core.ssim(x(), x()))[0]).toBeCloseTo(1, 6);
  });
});

test('images without a window are refused', () => {
  expect(() => core.ssim(tf.ones([1, 10, 12, 1]), tf.ones([1, 10, 12, 1]))).toThrow(
    /at least 11 × 11.*\[1, 10, 12, 1\]/,
  );
  expect(() => core.ssim(tf.ones([1, 12, 12]), tf.ones([1, 12, 12]))).toThrow(/\[1, 12, 12\]/);
});

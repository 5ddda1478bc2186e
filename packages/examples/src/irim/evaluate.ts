import { psnr, ssim } from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import { floatsOf, numberOf } from '../measure';
import { report } from '../report';
import { measured, type Problem, peakOf } from './problem';

export interface Method {
  title: string;
  /** Uses of the operator and its adjoint together. */
  uses: number;
  solve(d: tf.Tensor): tf.Tensor;
}

export interface Quality {
  psnr: number;
  ssim: number;
}

/** One method on one set of test images. */
export interface Result extends Quality {
  method: string;
  test: string;
  /** The image that is shown, and its own figures. */
  shown: { pixels: Float32Array; quality: Quality };
}

export interface Test {
  name: string;
  /** [rows, columns] of an image, and of its data. */
  shape: readonly [number, number];
  dataShape: readonly [number, number];
  truth: Float32Array;
  data: Float32Array;
}

/** Seed of the noise of the tests. */
const noiseSeed = 4242;

/** Solves for all test images by every method, and prints a table of the means. */
export async function evaluate(
  problem: Problem,
  methods: readonly Method[],
): Promise<{ tests: Test[]; results: Result[] }> {
  const [tests, results]: [Test[], Result[]] = [[], []];
  for (const [name, x] of Object.entries(problem.tests)) {
    const d = measured(problem, x, noiseSeed);
    const at = Math.floor(0.55 * x.shape[0]);
    const shown = (t: tf.Tensor) => floatsOf(tf.slice(t, at, 1));
    tests.push({
      name,
      shape: [x.shape[1], x.shape[2]],
      dataShape: [d.shape[1] ?? 0, d.shape[2] ?? 0],
      truth: await shown(x),
      data: await shown(d),
    });
    for (const { title, solve } of methods) {
      const found = solve(d);
      const peak = { peak: peakOf(problem) };
      const [decibels, similarity] = [psnr(found, x, peak), ssim(found, x, peak)];
      const own = { psnr: (await decibels.data())[at] ?? 0, ssim: (await similarity.data())[at] ?? 0 };
      const mean = { psnr: await numberOf(tf.mean(decibels)), ssim: await numberOf(tf.mean(similarity)) };
      results.push({
        method: title,
        test: name,
        ...mean,
        shown: { pixels: await shown(found), quality: own },
      });
      tf.dispose([found, decibels, similarity]);
    }
    d.dispose();
  }
  print(problem, methods, results);
  return { tests, results };
}

/** 23.45 dB, 0.812 */
export const inWords = ({ psnr, ssim }: Quality): string => `${psnr.toFixed(2)} dB, ${ssim.toFixed(3)}`;

function print(problem: Problem, methods: readonly Method[], results: readonly Result[]): void {
  const of = (method: string, test: string) => results.find((r) => r.method === method && r.test === test);
  const row = report().table<Method>([
    ['method', ({ title }) => title],
    ['uses of A and Aᵀ', ({ uses }) => String(uses)],
    ...Object.keys(problem.tests).map((test): [string, (method: Method) => string] => [
      `${test}: PSNR, SSIM`,
      ({ title }) => {
        const result = of(title, test);
        return result ? inWords(result) : '–';
      },
    ]),
  ]);
  for (const method of methods) row(method);
}

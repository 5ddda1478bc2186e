import { activationBytes } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs';
import { chart } from '../chart';
import { rasterize } from '../raster';
import { measured, type Problem } from './problem';
import { machine, type Shaping } from './solver';

export interface MemoryRow {
  iterations: number;
  /** Peak activation bytes of a training step. */
  reversible: number;
  stored: number;
}

/** Peak activation memory of a training step on one image, against the number of iterations. */
export async function memoryOver(
  problem: Problem,
  numbers: readonly number[],
  { step, ...shaping }: Omit<Shaping, 'iterations'> & { step: number },
): Promise<MemoryRow[]> {
  const x = problem.draw(1, shaping.seed);
  const d = measured(problem, x, shaping.seed);
  const rows: MemoryRow[] = [];
  for (const iterations of numbers) {
    const { variables, solve, solveStored } = machine(problem, { ...shaping, iterations }, step);
    const peak = async (method: typeof solve) => {
      const run = () => {
        const loss = (): tf.Scalar => tf.losses.meanSquaredError(x, method(d));
        const { value, grads } = tf.variableGrads(loss, Object.values(variables));
        value.dispose();
        return Object.values(grads);
      };
      // The first run sets the kernels up.
      tf.dispose(run());
      return (await activationBytes(run)).activations;
    };
    rows.push({ iterations, reversible: await peak(solve), stored: await peak(solveStored) });
    tf.dispose(variables);
  }
  tf.dispose([x, d]);
  return rows;
}

/** Both ways against the number of iterations. */
export async function memoryPlot(rows: readonly MemoryRow[], title: string): Promise<Buffer> {
  const values = rows.flatMap(({ iterations, reversible, stored }) => [
    { iterations, megabytes: reversible / 1e6, gradient: 'reversible' },
    { iterations, megabytes: stored / 1e6, gradient: 'stored activations' },
  ]);
  const svg = await chart({
    title,
    width: 460,
    height: 260,
    data: { values },
    mark: { type: 'line', point: true },
    encoding: {
      x: {
        field: 'iterations',
        type: 'quantitative',
        scale: { type: 'log', base: 2 },
        axis: { title: 'iterations of the i-RIM', values: rows.map((row) => row.iterations) },
      },
      y: {
        field: 'megabytes',
        type: 'quantitative',
        scale: { type: 'log' },
        axis: { title: 'peak activation memory of a training step, MB' },
      },
      color: { field: 'gradient', type: 'nominal', title: null, legend: { orient: 'top' } },
    },
  });
  return rasterize(svg);
}

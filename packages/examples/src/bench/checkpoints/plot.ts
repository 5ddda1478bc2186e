import * as inn from '@invertible/layers-tfjs';
import type * as tf from '@tensorflow/tfjs';
import { chart } from '../../chart';
import { rasterize, writeFile } from '../../raster';

/** Points of a curve that are drawn. */
const drawn = 400;

/** The memory that is held in the course of a step, as planned, for each way to train a model: `path.png`. */
export async function plot(
  ways: Record<string, tf.LayersModel>,
  batch: number,
  title: string,
  path: string,
): Promise<void> {
  const values = Object.entries(ways).flatMap(([way, model]) => {
    const { course } = inn.memoryPlan(model, { batch });
    const stride = Math.max(1, Math.floor(course.length / drawn));
    return highest(course, stride).map(([work, bytes]) => ({
      way,
      work: work / 1e9,
      megabytes: bytes / 1e6,
    }));
  });
  const svg = await chart({
    title,
    width: 560,
    height: 300,
    data: { values },
    mark: { type: 'line', interpolate: 'step-after' },
    encoding: {
      x: {
        field: 'work',
        type: 'quantitative',
        title: 'work done in the step, 10⁹ multiplications and additions',
      },
      y: { field: 'megabytes', type: 'quantitative', title: 'memory held beyond weights and batch, MB' },
      color: {
        field: 'way',
        type: 'nominal',
        title: null,
        sort: Object.keys(ways),
        legend: { orient: 'top' },
      },
    },
  });
  writeFile(`${path}.png`, rasterize(svg));
}

/** The highest point of each stretch of a curve. */
function highest<Point extends readonly [number, number]>(course: readonly Point[], stride: number): Point[] {
  const points: Point[] = [];
  for (let i = 0; i < course.length; i += stride)
    points.push(course.slice(i, i + stride).reduce((a, b) => (b[1] > a[1] ? b : a)));
  return points;
}

import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { type Learner, learnerOf, rates } from '../../density2d/learner';
import type { Lesson, LessonSettings, Point, Trip } from '../protocol';
import { gridOfLatents, latentsOfSamples, pixelsOf, squareAround } from './points';
import { shapeOf } from './shapes';

const batch = 256;
const sizes = { affine: { layers: 8, hidden: 32 }, spline: { layers: 2, hidden: 32 } } as const;

/** Rises over 30 steps and falls as half a cosine to a twentieth, where it stays. */
const rateAt = (step: number, highest: number): number =>
  highest *
  Math.min(1, (step + 1) / 30) *
  Math.max(0.05, 0.5 * (1 + Math.cos(Math.PI * Math.min(1, step / 1500))));

export async function startLesson({ shape, strokes, coupling, seed }: LessonSettings): Promise<Lesson> {
  const data = shapeOf(shape, strokes);
  const learner = learnerOf(data, { coupling, ...sizes[coupling], bins: 16, seed });
  const window = squareAround(data.window);
  const [shown, heldOut] = [data.sample(800, { seed: seed + 1 }), data.sample(4000, { seed: seed + 2 })];
  const [drawn, grid] = [latentsOfSamples(1200, seed), gridOfLatents()];
  const maps = mapsOf(learner);
  let step = 0;
  return {
    subject: {
      window,
      entropy: data.entropy,
      points: await shown.data<'float32'>(),
    },
    async advance(budget) {
      const [begun, first] = [performance.now(), step];
      const isOver = () =>
        'steps' in budget ? step - first >= budget.steps : performance.now() - begun >= budget.milliseconds;
      do {
        tf.tidy(() =>
          learner.step(data.sample(batch, { seed: seed + 3 + step }), rateAt(step, rates[coupling])),
        );
        step++;
        // A GPU has only been asked to: without a read its queue would grow.
        if (tf.getBackend() !== 'wasm') await Object.values(learner.w)[0]?.data();
      } while (!isOver());
      return step;
    },
    async frame(side) {
      const [logDensity, x, latents] = await read(() => [
        learner.flow.logProb(pixelsOf(window, side), learner.w),
        maps.toData(tf.concat([drawn, grid])).y,
        maps.toLatent(shown).y,
      ]);
      const samples = x.slice(0, drawn.size);
      return { step, logDensity, side, samples, grid: x.slice(drawn.size), latents };
    },
    async score() {
      const [minusLogQ, difference] = await read(() => {
        const logQ = learner.flow.logProb(heldOut, learner.w);
        const logP = data.logProb?.(heldOut) ?? tf.zerosLike(logQ);
        return [tf.neg(tf.mean(logQ)), tf.mean(tf.sub(logP, logQ))];
      });
      const gap = data.logProb ? (difference[0] ?? null) : null;
      return { step, crossEntropy: minusLogQ[0] ?? Number.NaN, gap };
    },
    travel: (from, point) => trip(maps, from, point),
    end() {
      learner.end();
      tf.dispose([learner.w, shown, heldOut, drawn, grid]);
    },
  };
}

type Map = (from: tf.Tensor) => { y: tf.Tensor; logDet: tf.Tensor };

function mapsOf({ bijection, w }: Learner): { toLatent: Map; toData: Map } {
  const own = core.withoutPrefix(w, 'flow/');
  return {
    toLatent: (x) => bijection.forward(x, own),
    toData(z) {
      const { x, logDet } = bijection.inverse(z, own);
      return { y: x, logDet };
    },
  };
}

/** Goes from x or z to the other side, and back. */
async function trip(
  { toLatent, toData }: ReturnType<typeof mapsOf>,
  from: 'x' | 'z',
  point: Point,
): Promise<Trip> {
  const [there, back] = from === 'x' ? [toLatent, toData] : [toData, toLatent];
  const [[a = 0, b = 0], [c = 0, d = 0], [stretch = 0]] = await read(() => {
    const { y, logDet } = there(tf.tensor2d([[...point]]));
    return [y, back(y).y, logDet];
  });
  const [x, z]: [Point, Point] = from === 'x' ? [point, [a, b]] : [[a, b], point];
  const logDet = from === 'x' ? stretch : -stretch;
  const logNormal = -0.5 * (z[0] ** 2 + z[1] ** 2) - Math.log(2 * Math.PI);
  return { x, z, logDensity: logNormal + logDet, logDet, error: Math.hypot(c - point[0], d - point[1]) };
}

/** Reads tensors, and frees all. */
async function read<T extends tf.Tensor[]>(f: () => [...T]): Promise<{ [K in keyof T]: Float32Array }> {
  const tensors = tf.tidy(f);
  const values = await Promise.all(tensors.map((t) => t.data<'float32'>()));
  tf.dispose(tensors);
  // One array for each tensor, in their order.
  return values as { [K in keyof T]: Float32Array };
}

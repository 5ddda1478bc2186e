import * as tfl from '@tensorflow/tfjs-layers';
import { intercept } from '../tfjs-internals';
import { type GoodWeights, goodWeights } from './good-weights';
import type { Guards } from './guards';
import { StepWatch, type Watched } from './step-watch';

/** Weights are kept once in so many steps. */
const every = 100;

/**
 * Runs a training under guards, which end it with an error and the last good weights, or mend a step and warn. Where tensors can be
 * read at once everything is seen in the very step, before its update; elsewhere nothing is waited for, and it is seen some steps later.
 */
export async function underGuard<T>(
  watched: Watched,
  guards: Guards,
  train: (callback: tfl.Callback) => Promise<T>,
): Promise<T> {
  const { model, layer } = watched;
  const { nan = true, explosion = true } = guards;
  const good = nan || explosion ? await goodWeights(model) : undefined;
  const watch = new StepWatch(watched, guards, () => good?.first());
  const release = intercept(model, watch);
  layer.observers.add(watch);
  try {
    const result = await train(new Keeper(watch, good));
    await watch.settled();
    if (!watch.alarm()) return result;
  } catch (error) {
    // What went wrong first is why the rest failed.
    if (!watch.alarm()) throw error;
  } finally {
    layer.observers.delete(watch);
    release();
    watch.dispose();
    if (watch.alarm()) await good?.restore();
    good?.dispose();
  }
  throw watch.alarm();
}

/** A callback that leaves the losses of each batch where they are; for a plain object, tf.layers reads them first. */
class Keeper extends tfl.Callback {
  private batches = 0;
  constructor(
    private readonly watch: StepWatch,
    private readonly good: GoodWeights | undefined,
  ) {
    super();
  }
  override async onBatchBegin(): Promise<void> {
    if (++this.batches % every === 0 && this.watch.calm) await this.good?.renew();
  }
}

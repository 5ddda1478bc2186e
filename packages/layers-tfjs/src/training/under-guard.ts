import { rules } from '@invertible/core';
import * as tfl from '@tensorflow/tfjs-layers';
import { DriftKeeper } from '../drift/keeper';
import { intercept, interceptGradients } from '../tfjs-internals';
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
  const keeper = keeperOf(watched, guards, () => watch.broken);
  const watch = new StepWatch(
    watched,
    guards,
    () => good?.first(),
    () => keeper?.again === true,
  );
  const releases = [
    intercept(model, watch),
    ...(keeper ? [interceptGradients(model.optimizer, keeper)] : []),
  ];
  layer.observers.add(watch);
  keeper?.begin();
  try {
    const result = await train(new Keeper(watch, good));
    await watch.settled();
    await keeper?.settled();
    if (!watch.alarm()) return result;
  } catch (error) {
    // What went wrong first is why the rest failed.
    if (!watch.alarm()) throw error;
  } finally {
    layer.observers.delete(watch);
    for (const release of releases) release();
    keeper?.end();
    watch.dispose();
    if (watch.alarm()) await good?.restore();
    good?.dispose();
  }
  throw watch.alarm();
}

/** What keeps the gradients of a training from drifting, where that guard is on. */
function keeperOf({ model }: Watched, guards: Guards, broken: () => boolean): DriftKeeper | undefined {
  const { drift, onWarning } = guards;
  if (drift === false) return undefined;
  return new DriftKeeper(model, rules.defined({ limit: drift, onWarning }), broken);
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

import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { layersIn } from '../conditioner-models';
import { invertibleLayers } from '../model-layers';
import type { Observer } from '../observers';
import { replayOf } from '../recomputing/replay';
import { type Computed, type GradientInterception, withoutMetrics } from '../tfjs-internals';
import { later } from '../training/later';
import { type Fallback, fallbacksOf, memberName, reasonOf, setFallbacks } from './fallbacks';
import { Look } from './looking';

export interface DriftGuardOptions {
  /** Relative error of a rebuilt input above which a gradient is not applied; it is off several times as much. Default 1e-4. */
  limit?: number;
  /**
   * 'mend' takes such a gradient again, from inputs that are kept; it reads a number a step, so GPU backends, where that would stop
   * the queue, skip. 'skip' applies zero in its place, and learns a step or more later which layers are to blame. Default 'mend'.
   */
  action?: 'mend' | 'skip';
  /** After so many steps, layers that fell back are tried again. Default 100. */
  retry?: number;
  /** Gets the warnings. Default: they go to the console. */
  onWarning?: (message: string) => void;
}

export const guardRules: core.Rules<DriftGuardOptions> = {
  limit: core.rules.above(0),
  action: core.rules.oneOf('mend', 'skip'),
  retry: core.rules.whole(1),
  onWarning: core.rules.callable,
};

/** A member may leave a tenth of what is allowed at the end of a run, so that the run is below it for some steps. */
const share = 0.1;

/** Keeps the gradients of a training near those of stored activations, whatever the inverses of the layers are worth. */
export class DriftKeeper implements Observer, GradientInterception {
  /** Whether a step is evaluated a second time. */
  again = false;
  private step = -1;
  private looking: Look | undefined;
  /** The step of the next look, where one is due. */
  private next = Number.POSITIVE_INFINITY;
  private worst = 0;
  private readonly errors: tf.Tensor[] = [];
  private readonly reads = later();
  private readonly options: Required<DriftGuardOptions>;

  /** `broken` tells that the loss of the step is no number, which is not drift. */
  constructor(
    private readonly model: tfl.LayersModel,
    { limit = 1e-4, action = 'mend', retry = 100, onWarning = console.warn }: DriftGuardOptions = {},
    private readonly broken: () => boolean = () => false,
  ) {
    this.options = { limit, action, retry, onWarning };
    if (invertibleLayers(model).some((layer) => fallbacksOf(layer).size > 0)) this.next = retry;
  }

  begin(): void {
    for (const layer of invertibleLayers(this.model)) layer.observers.add(this);
  }

  end(): void {
    for (const layer of invertibleLayers(this.model)) layer.observers.delete(this);
    tf.dispose(this.errors.splice(0));
  }

  care(layer: tfl.layers.Layer): core.DriftCare {
    if (this.looking) return this.looking.care(layer);
    return {
      recompute: new Set(fallbacksOf(layer).keys()),
      onRebuilt: (rebuilt, truth) => {
        if (this.mends) this.worst = Math.max(this.worst, driftOf(rebuilt, truth));
        else this.errors.push(tf.keep(core.driftTensor(rebuilt, truth)));
      },
    };
  }

  compute(make: () => Computed): Computed {
    this.step++;
    if (this.step >= this.next) return this.look(make);
    this.worst = 0;
    const replay = replayOf(layersIn(this.model));
    const made = make();
    if (!this.mends) return this.skipped(made);
    if (this.worst <= this.options.limit || this.broken()) return made;
    tf.dispose([made.value, made.grads]);
    this.again = true;
    try {
      return withoutMetrics(this.model, () => this.look(() => replay(make)));
    } finally {
      this.again = false;
    }
  }

  /** When all that is being read has been seen. */
  settled(): Promise<void> {
    return this.reads.settled();
  }

  private get mends(): boolean {
    return this.options.action === 'mend' && core.canReadSync();
  }

  /** One step in which all inputs are kept, and all members looked at. */
  private look(make: () => Computed): Computed {
    const { step } = this;
    const look = new Look(this.options.limit * share);
    this.next = Number.POSITIVE_INFINITY;
    this.looking = look;
    try {
      const made = make();
      const figures = look.figures();
      if (this.mends) {
        this.fallBack(look.fallbacks(figures.dataSync(), step));
        figures.dispose();
      } else this.reads.read('look', figures, (values) => this.fallBack(look.fallbacks(values, step)));
      return made;
    } finally {
      this.looking = undefined;
      look.dispose();
    }
  }

  /** Gradients that count nothing where they are off; how far they are is read meanwhile. */
  private skipped(made: Computed): Computed {
    const errors = this.errors.splice(0);
    if (errors.length === 0) return made;
    const { limit } = this.options;
    const [sum, counts] = tf.tidy(() => {
      const total = errors.reduce((sum, error) => tf.add(sum, error), tf.scalar(0));
      return [tf.keep(total), tf.cast(tf.lessEqual(total, limit), 'float32')] as const;
    });
    tf.dispose(errors);
    const grads = tf.tidy(() =>
      Object.fromEntries(Object.entries(made.grads).map(([name, t]) => [name, tf.mul(t, counts)])),
    );
    tf.dispose([made.grads, counts]);
    this.reads.read('drift', sum, (values) => {
      if (!((values[0] ?? Number.NaN) <= limit)) this.next = this.step;
    });
    return { value: made.value, grads };
  }

  private fallBack(found: Map<tfl.layers.Layer, Map<string, Fallback>>): void {
    const fresh: string[] = [];
    let some = false;
    for (const [layer, members] of found) {
      const known = fallbacksOf(layer);
      for (const [path, member] of members) {
        some = true;
        if (!known.has(path)) fresh.push(`${memberName(layer, path, member.name)} (${reasonOf(member)})`);
      }
      setFallbacks(layer, members);
    }
    if (some) this.next = this.step + this.options.retry;
    if (fresh.length > 0) this.options.onWarning(message(fresh, this.step, this.options));
  }
}

/** So many are named. */
const most = 5;

function message(fresh: readonly string[], step: number, { retry }: { retry: number }): string {
  const more = fresh.length > most ? `; and ${fresh.length - most} more` : '';
  return `Training, step ${step}: inputs were rebuilt too far from the true ones. From now on these keep theirs, and are computed again, for ${retry} steps at least: ${fresh.slice(0, most).join('; ')}${more}.`;
}

/** ‖rebuilt − truth‖ / ‖truth‖, read at once; 0 where the truth is no number: that is not drift. */
function driftOf(rebuilt: tf.Tensor, truth: tf.Tensor): number {
  const [a, b] = [rebuilt.dataSync(), truth.dataSync()];
  let [off, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    const [u, v] = [a[i] ?? Number.NaN, b[i] ?? Number.NaN];
    off += (u - v) * (u - v);
    size += v * v;
  }
  if (Number.isNaN(size)) return 0;
  const error = Math.sqrt(off / Math.max(size, 1e-60));
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

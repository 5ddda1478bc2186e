import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import type { InvertibleLayer } from '../invertible-layer';
import type { Interception } from '../tfjs-internals';
import { exploded, exploding, notFinite } from './complaints';
import { type Finding, findings, firstBroken, growsMost } from './diagnosis';
import type { Guards } from './guards';
import { later } from './later';
import { lossWatch, type Verdict } from './loss-watch';
import { PassWatch } from './pass-watch';

/** Whom the guards watch: a compiled model whose loss is in nats, and its one invertible layer. */
export interface Watched {
  model: tfl.LayersModel;
  layer: InvertibleLayer;
  /** Numbers of a sample. */
  dims: number;
}

interface Seen {
  verdict: Verdict;
  loss: number;
  step: number;
}

/** Sees every step of a training: its losses, and its update. */
export class StepWatch extends PassWatch implements Interception {
  private step = -1;
  private seen: Seen = { verdict: 'fine', loss: Number.NaN, step: -1 };
  /** What ends the run. */
  private fatal: Seen | undefined;
  private finding: Finding | undefined;
  private readonly guards: Required<Omit<Guards, 'drift'>>;
  private readonly losses: ReturnType<typeof lossWatch>;
  private readonly reads = later();
  private readonly said = new Set<string>();

  /** before: called before each update that is made. again: whether a step is evaluated a second time. */
  constructor(
    private readonly watched: Watched,
    guards: Guards,
    private readonly before: () => void,
    private readonly again: () => boolean,
  ) {
    super();
    const { nan = true, explosion = true, onWarning = console.warn } = guards;
    this.guards = { nan, explosion, onWarning };
    this.losses = lossWatch(watched.dims);
  }

  loss(
    own: (target: tf.Tensor, output: tf.Tensor) => tf.Tensor,
    target: tf.Tensor,
    nll: tf.Tensor,
  ): tf.Tensor {
    // Without a tape, the model is evaluated in between.
    if (core.isTaping() && !this.again()) {
      const step = ++this.step;
      if (core.canReadSync()) this.judge(nll.dataSync(), step);
      else this.reads.read('loss', keptCopy(nll), (values) => this.judge(values, step));
    }
    return own(target, nll);
  }

  update(make: () => void): void {
    const { verdict, loss, step } = this.seen;
    if (this.guards.explosion && verdict === 'exploding') {
      this.warn('explosion', () => exploding(this.known(step), { loss, best: this.losses.best }));
    }
    if (this.fatal) {
      this.watched.model.stopTraining = true;
      return;
    }
    this.before();
    make();
  }

  /** The error that the run ends with. */
  alarm(): core.InvertibleError | undefined {
    const { verdict, loss, step } = this.fatal ?? this.seen;
    if (!this.fatal && !(this.guards.explosion && this.losses.lost)) return undefined;
    if (verdict === 'not finite') return notFinite(this.known(step), loss);
    return exploded(this.known(step), { loss, best: this.losses.best });
  }

  /** Whether the weights are worth keeping. */
  get calm(): boolean {
    return !this.fatal && this.losses.calm;
  }

  /** When all that is being read has been seen. */
  settled(): Promise<void> {
    return this.reads.settled();
  }

  private judge(values: ArrayLike<number>, step: number): void {
    const { nan, explosion } = this.guards;
    const loss = meanOf(values);
    const verdict = this.losses.see(loss);
    this.seen = { verdict, loss, step };
    if ((nan && verdict === 'not finite') || (explosion && verdict === 'exploded')) this.fatal ??= this.seen;
    // On GPU backends it is seen when the step is over, and its numbers would have to be waited for.
    if (!core.canReadSync()) return;
    if (this.fatal) this.blame(verdict === 'not finite' ? firstBroken : growsMost);
    else if (explosion && verdict === 'exploding' && !this.said.has('explosion')) this.blame(growsMost);
  }

  /** Whether the loss of this step is no number. */
  get broken(): boolean {
    return this.seen.verdict === 'not finite';
  }

  private blame(worst: (all: Finding[]) => Finding | undefined): void {
    if (!this.last) return;
    const { bijection, x, w, c } = this.last;
    // Statistics of the batch are gone.
    if (Object.values(w).some((t) => t.isDisposed)) return;
    this.finding = worst(findings(bijection, x, w, c));
  }

  private known(step: number) {
    return { layer: this.watched.layer.name, step, finding: this.finding };
  }

  private warn(kind: string, message: () => string): void {
    if (this.said.has(kind)) return;
    this.said.add(kind);
    this.guards.onWarning(message());
  }
}

const keptCopy = (t: tf.Tensor): tf.Tensor => core.noGrad(() => tf.keep(tf.clone(t)));

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? Number.NaN;
  return sum / values.length;
}

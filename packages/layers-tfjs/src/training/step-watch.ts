import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import type { InvertibleLayer } from '../invertible-layer';
import type { Observer } from '../observers';
import type { Interception } from '../tfjs-internals';
import { drifted, exploded, exploding, notFinite } from './complaints';
import { type Finding, findings, firstBroken, most } from './diagnosis';
import { driftOf, driftTensor, type Pass, passWatch } from './drift-watch';
import type { Guards } from './guards';
import { later } from './later';
import { lossWatch, type Verdict } from './loss-watch';

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

/** Sees every step of a training: its losses, what its gradient rebuilds, and its update. */
export class StepWatch implements Observer, Interception {
  stores = false;
  private step = -1;
  private seen: Seen = { verdict: 'fine', loss: Number.NaN, step: -1 };
  /** What ends the run. */
  private fatal: Seen | undefined;
  private finding: Finding | undefined;
  private readonly guards: Required<Guards>;
  private readonly losses: ReturnType<typeof lossWatch>;
  private readonly reads = later();
  private readonly said = new Set<string>();
  private readonly pass = passWatch((pass) => this.onPass(pass));

  /** before: called before each update that is made. */
  constructor(
    private readonly watched: Watched,
    guards: Guards,
    private readonly before: () => void,
  ) {
    const { nan = true, explosion = true, drift = 1e-3, onWarning = console.warn } = guards;
    this.guards = { nan, explosion, drift, onWarning };
    this.losses = lossWatch(watched.dims);
  }

  driftListener(): core.DriftListener {
    return this.pass.listener;
  }

  loss(
    own: (target: tf.Tensor, output: tf.Tensor) => tf.Tensor,
    target: tf.Tensor,
    nll: tf.Tensor,
  ): tf.Tensor {
    // Without a tape, the model is evaluated in between.
    if (core.isTaping()) {
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

  dispose(): void {
    this.pass.dispose();
  }

  private judge(values: ArrayLike<number>, step: number): void {
    const { nan, explosion } = this.guards;
    const loss = meanOf(values);
    const verdict = this.losses.see(loss);
    this.seen = { verdict, loss, step };
    if ((nan && verdict === 'not finite') || (explosion && verdict === 'exploded')) this.fatal ??= this.seen;
  }

  private onPass(pass: Pass): tf.Tensor | undefined {
    const { verdict } = this.seen;
    const { explosion, drift } = this.guards;
    const now = core.canReadSync();
    if (now && this.fatal) this.blame(pass, verdict === 'not finite' ? firstBroken : most('growth'));
    if (now && explosion && verdict === 'exploding' && !this.said.has('explosion'))
      this.blame(pass, most('growth'));
    if (this.fatal || drift === false || verdict === 'not finite') return undefined;
    return now ? this.mend(pass, drift) : this.measure(pass, drift);
  }

  /** The true input, where the rebuilt one is too far from it. */
  private mend(pass: Pass, limit: number): tf.Tensor | undefined {
    const error = driftOf(pass);
    if (error <= limit) return undefined;
    if (!this.said.has('drift')) this.blame(pass, most('amplification'));
    this.warn('drift', () => drifted(this.known(this.step), error, true));
    return pass.x;
  }

  private measure(pass: Pass, limit: number): undefined {
    const { step } = this;
    this.reads.read('drift', tf.keep(driftTensor(pass)), (values) => {
      const [error = Number.NaN] = Array.from(values);
      if (error <= limit) return;
      this.stores = true;
      this.warn('drift', () => drifted(this.known(step), error, false));
    });
  }

  private blame({ bijection, x, w, c }: Pass, worst: (all: Finding[]) => Finding | undefined): void {
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

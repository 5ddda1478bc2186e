import type { Remote as Proxied } from 'comlink';
import { type GradientKind, gradientKinds, type NeedlesSettings } from '../../protocol';
import type { Remote } from '../../worker/main';
import { byId, latest, write } from '../dom';
import type { Employed } from '../employ';
import { keepForm } from '../hash';
import { dialIn } from './dial';
import { type Growth, growthOn } from './growth';
import { limitOfTab } from './limit';
import { megabytes } from './megabytes';

/** “Two needles”: the memory of a training step, reversible and stored, from one coupling to as many as are asked for. */
export class NeedlesSection {
  private readonly form = byId('needles-form', HTMLFormElement);
  private readonly limit = limitOfTab();
  private readonly growth = growthOn(byId('growth', HTMLCanvasElement), this.limit);
  private readonly dials = {
    reversible: dialIn(byId('reversible-dial', HTMLElement), 'Reversible'),
    stored: dialIn(byId('stored-dial', HTMLElement), 'Stored activations'),
  };
  private readonly button = byId('measure', HTMLButtonElement);
  private measuring = false;

  constructor(
    private readonly employ: () => Promise<Employed>,
    private readonly onError: (error: unknown) => void,
  ) {
    keepForm(this.form);
    this.showSettings();
    this.form.addEventListener('input', () => this.showSettings());
    this.form.addEventListener('change', () => {
      this.stop();
      this.predict();
    });
    this.button.addEventListener('click', () => (this.measuring ? this.stop() : this.measure()));
    // Not before somebody looks: it loads the layers.
    new IntersectionObserver(([seen], observer) => {
      if (!seen?.isIntersecting) return;
      observer.disconnect();
      this.predict();
    }).observe(this.form);
  }

  private settings(): NeedlesSettings {
    const data = new FormData(this.form);
    const whole = (name: string) => Number(data.get(name));
    return { depth: 2 ** whole('depth'), size: whole('size'), batch: whole('batch') };
  }

  private showSettings(): void {
    const { depth, size, batch } = this.settings();
    write('depth-words', `${depth} ${depth === 1 ? 'coupling' : 'couplings'}`);
    write('needles-words', `One model on images ${size} × ${size} × 16, ${batch} at once.`);
  }

  /** Sets the marks for the depth that is chosen. */
  private readonly predict = latest(() =>
    this.work(async (remote) => {
      await this.grow(remote, this.settings(), this.settings().depth);
    }),
  );

  /** Goes through the depths 1, 2, 4, …, and makes a step of each kind, until all are done or somebody says stop. */
  private readonly measure = latest(async () => {
    this.turn(true);
    await this.work(async (remote) => {
      const settings = this.settings();
      const rows: Growth[] = [];
      for (let depth = 1; depth <= settings.depth && this.measuring; depth *= 2) {
        const row = await this.grow(remote, settings, depth);
        rows.push(row);
        for (const gradient of gradientKinds) {
          if (!this.measuring || (gradient === 'stored' && row.stored > this.limit)) continue;
          const { bytes, milliseconds } = await remote.measure({ ...settings, depth }, gradient);
          row.measured[gradient] = bytes;
          this.show(gradient, `${megabytes(bytes)} measured`, bytes);
          write(`${gradient}-time`, `${milliseconds.toFixed(0)} ms`);
          this.growth(rows);
        }
      }
    });
    this.turn(false);
  });

  /** After the step under way. */
  private stop(): void {
    this.turn(false);
  }

  private turn(measuring: boolean): void {
    this.measuring = measuring;
    this.button.textContent = measuring ? 'Stop' : 'Measure';
  }

  /** The prediction for a depth, shown. */
  private async grow(remote: Proxied<Remote>, settings: NeedlesSettings, depth: number): Promise<Growth> {
    const { deepest, ...bytes } = await remote.predict({ ...settings, depth }, this.limit);
    for (const gradient of gradientKinds) {
      this.dials[gradient].predict(bytes[gradient]);
      write(`${gradient}-predicted`, megabytes(bytes[gradient]));
    }
    const words =
      bytes.stored > this.limit
        ? `Stopped at ${deepest} couplings: ${depth} would take ${megabytes(bytes.stored)}, and this page keeps to ${megabytes(this.limit)} so that the tab survives.`
        : `Stored activations stay within the ${megabytes(this.limit)} of this page up to ${deepest} couplings.`;
    write('stored-words', words);
    if (bytes.stored > this.limit) this.show('stored', 'not run', undefined);
    return { depth, ...bytes, measured: {} };
  }

  private show(gradient: GradientKind, words: string, bytes: number | undefined): void {
    this.dials[gradient].show(bytes, words);
    write(`${gradient}-bytes`, words);
  }

  /** With a worker of its own, whose memory is given back at the end. */
  private async work(task: (remote: Proxied<Remote>) => Promise<void>): Promise<void> {
    let employed: Employed | undefined;
    try {
      employed = await this.employ();
      await task(employed.remote);
    } catch (error) {
      this.onError(error);
    } finally {
      employed?.end();
    }
  }
}

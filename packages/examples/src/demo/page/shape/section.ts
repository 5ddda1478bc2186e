import type { Remote as Proxied } from 'comlink';
import type { Lesson, Point } from '../../protocol';
import type { Remote } from '../../worker/main';
import { byId, latest, write } from '../dom';
import { keep, kept } from '../hash';
import { sheetOn } from '../sheet';
import { curveOn } from './curve';
import { shapeForm } from './form';
import { penOn } from './pen';
import { type Player, playerOf } from './player';
import { probeOn } from './probe';
import { type Reading, showScore, showTrip } from './readings';
import { example, packStrokes, unpackStrokes } from './strokes';
import { drawData, drawLatents, latentWindow, type Shown } from './views';

/** “Learn a shape”: a lesson, its pictures and its controls. */
export class ShapeSection {
  private worker: Proxied<Remote> | undefined;
  private lesson: Proxied<Lesson> | undefined;
  private player: Player | undefined;
  private readings: Reading[] = [];

  private readonly form = shapeForm({ onLesson: () => this.restart(), onLayers: () => this.redraw() });
  private readonly pen = penOn(byId('data-sheet', HTMLCanvasElement), {
    strokes: kept('strokes') === null ? example : unpackStrokes(kept('strokes') ?? ''),
    isOn: () => this.isDrawn(),
    onLine: () => this.redraw(),
    onDone: () => {
      keep('strokes', packStrokes(this.pen.strokes()) || '.');
      this.restart();
    },
  });
  private readonly shown: Shown = {
    layers: () => this.form.layers(),
    strokes: () => (this.isDrawn() ? this.pen.strokes() : []),
  };
  private readonly data = sheetOn(byId('data-sheet', HTMLCanvasElement), (sheet) =>
    drawData(sheet, this.shown),
  );
  private readonly latent = sheetOn(byId('latent-sheet', HTMLCanvasElement), (sheet) =>
    drawLatents(sheet, this.shown),
  );
  private readonly curve = curveOn(byId('curve', HTMLCanvasElement));

  constructor(private readonly onError: (error: unknown) => void) {
    probeOn(this.data, {
      isOn: () => !this.isDrawn(),
      window: () => this.shown.subject?.window ?? latentWindow,
      at: () => this.shown.trip?.x ?? [0, 0],
      onMove: (point) => this.travel({ from: 'x', point }),
    });
    probeOn(this.latent, {
      isOn: () => true,
      window: () => latentWindow,
      at: () => this.shown.trip?.z ?? [0, 0],
      onMove: (point) => this.travel({ from: 'z', point }),
    });
    const onClick = (id: string, f: () => void) => byId(id, HTMLButtonElement).addEventListener('click', f);
    onClick('play', () => (this.player?.playing ? this.player.pause() : this.player?.play()));
    onClick('step', () => {
      if (this.player?.playing) this.player.pause();
      this.player?.step();
    });
    onClick('again', () => this.restart());
    onClick('clear', () => this.pen.clear());
  }

  /** Begins, with a worker whose backend has started. */
  begin(worker: Proxied<Remote>): void {
    [this.worker, this.lesson, this.player] = [worker, undefined, undefined];
    this.restart();
  }

  private readonly restart = latest(async () => {
    const [form, strokes] = [this.form, this.pen.strokes()];
    for (const id of ['clear', 'pen-keys']) byId(id, HTMLElement).hidden = !this.isDrawn();
    this.player?.end();
    [this.player, this.lesson, this.readings] = [undefined, undefined, []];
    if (!this.worker || (this.isDrawn() && strokes.length === 0)) return this.empty();
    try {
      const [shape, coupling] = [form.shape(), form.coupling()];
      const lesson = await this.worker.learn({ shape, strokes, coupling, seed: 1 });
      this.shown.subject = await lesson.subject;
      this.lesson = lesson;
      this.player = this.playerOf(lesson);
      this.player.play();
    } catch (error) {
      this.onError(error);
    }
  });

  private playerOf(lesson: Proxied<Lesson>): Player {
    const entropy = this.shown.subject?.entropy ?? null;
    return playerOf(lesson, {
      isSlow: () => byId('slow', HTMLInputElement).checked,
      onFrame: (frame) => {
        this.shown.frame = frame;
        write('step-number', String(frame.step));
        const { from, point } = this.last;
        this.travel({ from, point });
        this.redraw();
        performance.mark('picture');
      },
      onScore: (score) => {
        showScore(score, entropy);
        this.readings.push({ step: score.step, value: score.gap ?? score.crossEntropy });
        this.curve(this.readings, score.gap === null ? 'linear' : 'logarithmic');
      },
      onSpeed: (speed) => write('speed', speed.toFixed(0)),
      onTurn: () => write('play', this.player?.playing === false ? 'Go on' : 'Pause'),
      onBusy: (busy) => this.setBusy(busy),
      onError: this.onError,
    });
  }

  private last: { from: 'x' | 'z'; point: Point } = { from: 'z', point: [0.8, 0.6] };

  /** Sends the point to the other side and back; the last one goes again with every frame. */
  private readonly travel = latest(async (journey: { from: 'x' | 'z'; point: Point }) => {
    this.last = journey;
    const trip = await this.lesson?.travel(journey.from, journey.point);
    if (!trip) return;
    this.shown.trip = trip;
    showTrip(trip);
    this.redraw();
  });

  /** An empty sheet to draw on. */
  private empty(): void {
    [this.shown.frame, this.shown.trip] = [undefined, undefined];
    write('step-number', '0');
    this.setBusy(false);
    this.redraw();
  }

  private setBusy(busy: boolean): void {
    byId('shape', HTMLElement).setAttribute('aria-busy', String(busy));
  }

  private redraw(): void {
    this.data.redraw();
    this.latent.redraw();
  }

  private isDrawn(): boolean {
    return this.form.shape() === 'drawn';
  }
}

import type { Remote } from 'comlink';
import type { Frame, Lesson, Score } from '../../protocol';
import { taskQueue } from './task-queue';

/** A lesson as it is asked for steps and frames, time and again. */
export interface Player {
  readonly playing: boolean;
  play(): void;
  /** Ends with the step under way, and a finer frame. */
  pause(): void;
  /** One step. */
  step(): void;
  /** Frees the lesson when the step under way is done. */
  end(): void;
}

interface PlayerOptions {
  isSlow: () => boolean;
  onFrame: (frame: Frame) => void;
  onScore: (score: Score) => void;
  /** Steps per second of the last frame, while it plays. */
  onSpeed: (speed: number) => void;
  /** It plays, or does not any more. */
  onTurn: () => void;
  /** It has something to do, or is at rest. */
  onBusy: (busy: boolean) => void;
  onError: (error: unknown) => void;
}

/** Pixels along a side of a frame, on the run and at rest. */
const [coarse, fine] = [96, 224];
/** Milliseconds of training between frames, and between frames of slow motion. */
const [stint, pace] = [100, 250];
/** Milliseconds between scores. */
const pause = 500;
/** Steps after which a lesson rests: no tab should work for ever. */
const enough = 3000;

/** A lesson that is played: first its frame before any step. */
export function playerOf(lesson: Remote<Lesson>, options: PlayerOptions): Player {
  const { isSlow, onFrame, onScore, onSpeed, onTurn } = options;
  const tasks = taskQueue(options);
  let [playing, scored] = [false, 0];
  // What is under way when a lesson ends is not shown any more.
  const show = async (side: number) => {
    const frame = await lesson.frame(side);
    if (!tasks.ended) onFrame(frame);
  };
  const score = async () => {
    scored = performance.now();
    const found = await lesson.score();
    if (!tasks.ended) onScore(found);
  };
  const turn = async () => {
    const [begun, slow] = [performance.now(), isSlow()];
    const first = await lesson.advance({ steps: 1 });
    const step = slow ? first : await lesson.advance({ milliseconds: stint });
    if (!tasks.ended) onSpeed((1000 * (step - first + 1)) / (performance.now() - begun));
    await show(coarse);
    if (performance.now() - scored > pause) await score();
    if (slow) await new Promise((over) => setTimeout(over, pace));
    if (step >= enough) player.pause();
    if (playing) tasks.add(turn);
  };
  const player: Player = {
    get playing() {
      return playing;
    },
    play() {
      if (playing) return;
      playing = true;
      onTurn();
      tasks.add(turn);
    },
    pause() {
      playing = false;
      onTurn();
      tasks.add(() => show(fine).then(score));
    },
    step() {
      tasks.add(() =>
        lesson
          .advance({ steps: 1 })
          .then(() => show(fine))
          .then(score),
      );
    },
    end() {
      playing = false;
      tasks.end(() => lesson.end());
    },
  };
  tasks.add(() => show(coarse).then(score));
  return player;
}

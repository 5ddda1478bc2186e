import { expose, proxy } from 'comlink';
import type { GradientKind, LessonSettings, NeedlesSettings } from '../protocol';
import { startBackend } from './backend';
import { startLesson } from './lesson';

/** What the page asks of its worker: first a backend, then things to do with it. */
const remote = {
  start: startBackend,
  learn: async (settings: LessonSettings) => proxy(await startLesson(settings)),
  predict: async (settings: NeedlesSettings, limit: number) =>
    (await import('./needles')).predict(settings, limit),
  measure: async (settings: NeedlesSettings, gradient: GradientKind) =>
    (await import('./needles')).measure(settings, gradient),
};

export type Remote = typeof remote;

expose(remote);

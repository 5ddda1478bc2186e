import { expose, proxy } from 'comlink';
import type { LessonSettings } from '../protocol';
import { startBackend } from './backend';
import { startLesson } from './lesson';

/** What the page asks of its worker: first a backend, then things to do with it. */
const remote = {
  start: startBackend,
  learn: async (settings: LessonSettings) => proxy(await startLesson(settings)),
};

export type Remote = typeof remote;

expose(remote);

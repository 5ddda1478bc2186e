import { type Remote as Proxied, wrap } from 'comlink';
import { type BackendName, backendNames } from '../protocol';
import type { Remote } from '../worker/main';
import { byId, latest, write } from './dom';
import { keep, kept } from './hash';
import { ShapeSection } from './shape/section';

const status = (text: string) => write('status', text);
const report = (error: unknown) => status(error instanceof Error ? error.message : String(error));

const select = byId('backend', HTMLSelectElement);
const shape = new ShapeSection(report);
let worker: Worker | undefined;

/** A worker of its own for each backend: the one before is ended with all that it holds. */
const start = latest(async (name: BackendName) => {
  worker?.terminate();
  worker = new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module' });
  const remote: Proxied<Remote> = wrap<Remote>(worker);
  status('Starting …');
  try {
    await remote.start(name, { threads: false });
    status('Running.');
    shape.begin(remote);
  } catch (error) {
    report(error);
  }
});

const chosen = (value: string | null): BackendName =>
  backendNames.find((name) => name === value) ?? backendNames[0];

select.value = chosen(kept('backend'));
select.addEventListener('change', () => {
  keep('backend', select.value);
  start(chosen(select.value));
});
start(chosen(select.value));

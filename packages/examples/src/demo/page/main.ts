import { type BackendName, backendNames } from '../protocol';
import { byId, latest, write } from './dom';
import { type Employed, employ } from './employ';
import { keep, kept } from './hash';
import { NeedlesSection } from './needles/section';
import { ShapeSection } from './shape/section';

const status = (text: string) => write('status', text);
const report = (error: unknown) => status(error instanceof Error ? error.message : String(error));

const select = byId('backend', HTMLSelectElement);
const chosen = (): BackendName => backendNames.find((name) => name === select.value) ?? backendNames[0];

const shape = new ShapeSection(report);
new NeedlesSection(() => employ(chosen(), { threads: true }), report);
let present: Employed | undefined;

/** Begins anew with the backend that is chosen; the worker before is ended with all that it holds. */
const start = latest(async () => {
  present?.end();
  status('Starting …');
  try {
    present = await employ(chosen(), { threads: false });
    status('Running.');
    shape.begin(present.remote);
  } catch (error) {
    report(error);
  }
});

const linked = kept('backend');
if (linked !== null) select.value = linked;
select.value = chosen();
select.addEventListener('change', () => {
  keep('backend', select.value);
  start();
});
start();

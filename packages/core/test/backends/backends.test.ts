import { nameOf } from '../zoo/case';
import type { Result } from './check';
import { inChromium, noChromium } from './chromium';
import { holding, recorded } from './held';
import { inNode, nodeFor } from './node';
import { casesFor } from './plan';

interface Run {
  backend: string;
  place: 'Chromium' | 'Node';
  request: 'all' | 'vectors';
  missing: string | undefined;
  start(): Promise<Result[]>;
}

const browserRun = (backend: string): Run => ({
  backend,
  place: 'Chromium',
  request: 'all',
  missing: noChromium(),
  start: () => inChromium(backend, 'all'),
});

function nodeRun(backend: 'webgpu' | 'tensorflow', request: 'all' | 'vectors'): Run {
  const node = nodeFor(backend);
  const missing = 'missing' in node ? node.missing : undefined;
  const start = () => inNode(backend, request, 'env' in node ? node.env : {});
  return { backend, place: 'Node', request, missing, start };
}

// All at once: each is a process of its own that leaves a core idle from time to time.
const runs = [
  browserRun('webgpu'),
  browserRun('webgl'),
  nodeRun('webgpu', 'vectors'),
  nodeRun('tensorflow', 'all'),
];
const started = new Map<Run, Promise<PromiseSettledResult<Result[]>[]>>();
beforeAll(() => {
  for (const run of runs) if (!run.missing) started.set(run, Promise.allSettled([run.start()]));
});

describe.each(runs)('$backend in $place', (run) => {
  const { backend, place, request, missing } = run;
  if (missing) {
    test.skip(`not tested: ${missing}`, () => {});
    return;
  }
  let results: Result[] = [];
  beforeAll(async () => {
    const [end] = (await started.get(run)) ?? [];
    if (end?.status !== 'fulfilled') throw end?.reason;
    results = end.value;
  }, 1_800_000);

  for (const at of casesFor(backend, request)) {
    const name = nameOf(at);
    test.each(at.laws)(`${name}: %s`, (law) => {
      expect(results.find((r) => r.name === name && r.law === law)?.broken).toEqual([]);
    });
  }

  if (place === 'Chromium') {
    test('what is recorded of it is what holds (npm run laws -- … --record)', () => {
      expect(recorded(backend)).toEqual(holding(results));
    });
  }
});

import { nameOf } from '../zoo/case';
import type { Result } from './check';
import { inChromium, noChromium } from './chromium';
import { inNode, nodeFor } from './node';
import { casesFor, type Request } from './plan';

/** One run of the plan; each of its checks is a test here. */
function backend(title: string, request: Request, missing: string | undefined, run: () => Promise<Result[]>) {
  describe(title, () => {
    if (missing) {
      console.warn(`${title} is not tested: ${missing}.`);
      test.skip(`not tested: ${missing}`, () => {});
      return;
    }
    let results: Result[];
    beforeAll(async () => {
      results = await run();
    }, 900_000);
    for (const at of casesFor(title, request)) {
      const name = nameOf(at);
      test.each(at.laws)(`${name}: %s`, (law) => {
        expect(results.find((r) => r.name === name && r.law === law)?.broken).toEqual([]);
      });
    }
  });
}

for (const name of ['webgpu', 'webgl']) {
  backend(`${name} in Chromium`, 'all', noChromium(), () => inChromium(name, 'all'));
}
for (const [name, scope] of [
  ['webgpu', 'vectors'],
  ['tensorflow', 'all'],
] as const) {
  const node = nodeFor(name);
  const missing = 'missing' in node ? node.missing : undefined;
  backend(`${name} in Node`, scope, missing, () => inNode(name, scope, 'env' in node ? node.env : {}));
}

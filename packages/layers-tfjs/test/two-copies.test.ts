import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

test('two copies of the package in one process give right gradients, and no likelihood across both', () => {
  const script = join(__dirname, 'two-copies.mjs');
  expect(() => execFileSync(process.execPath, [script], { stdio: 'pipe' })).not.toThrow();
});

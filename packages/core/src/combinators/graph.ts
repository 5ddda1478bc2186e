import * as tf from '@tensorflow/tfjs-core';
import { type Bijection, complete, type Member, type Shape } from '../bijection';
import { bothWays } from '../directions';
import { checked } from '../edge';
import { refuse, show } from '../errors';
import { checkOptions, listOf, required, sampleShape } from '../options';
import { childSeed } from '../random';
import { sameShape } from '../tensors/channels';
import { present, specsWithPrefix } from '../weight-names';
import { drawn } from './graph-drawing';
import { setByFirstBatch, throughGraph } from './graph-passes';
import { endOf, first, type GraphOptions, lineOf, nodeRule, type Plan, planOf } from './graph-plan';
import { type End, outside, type Step } from './graph-steps';
import { trainingOf } from './training-of';

/** A graph, which is also drawn. */
export interface Graph extends Bijection {
  /** A picture of it, as SVG. */
  svg(): string;
}

/**
 * Bijections that branch, join, and take conditions at named places.
 *
 *     v_to = b(v_from; v_given)      log|det J| = Σ log|det ∂b/∂v_from|      v_from = b⁻¹(v_to; v_given)
 *
 * Every place is left once, by a map, a split or a join, and may condition others until then: so the way back knows it too. What is
 * left at the end is y: one place as it is, several as one vector, in their order. Shapes are checked when it is made. As one
 * reversible op it stores its output alone. The weights of a map are named after the place that it leads to, `to/name`.
 * Ardizzone et al. 2019, arXiv:1808.04730; the GraphINN of FrEIA.
 *
 * ```ts
 * const graph = core.graph({
 *   shape: [4],
 *   nodes: [
 *     { from: 'x', split: { a: 2, b: 2 } },
 *     { from: 'b', through: core.conditionalAffine({ hidden: 8 }), given: 'a', to: 'moved' },
 *     { join: ['a', 'moved'], to: 'y' },
 *   ],
 * });
 * const w = core.createWeights(graph, [1, 4]);
 * const { y, logDet } = graph.forward(tf.randomNormal([8, 4]), w);
 * const picture = graph.svg();
 * ```
 */
export function graph(options: GraphOptions): Graph {
  checkOptions('graph', options, { shape: required(sampleShape), nodes: required(listOf(nodeRule, 1)) });
  const plan = planOf(options);
  const body = graphOf(plan, plan.steps);
  const lines = plan.steps.map((step) => `  ${lineOf(step, plan.shapes)}`);
  const edge = checked(body, { print: () => `graph(\n  x ${show(plan.shape)}\n${lines.join('\n')}\n)` });
  return Object.assign(edge, { svg: () => drawn(first, plan.steps, plan.shapes) });
}

function graphOf(plan: Plan, steps: readonly Step[]): Bijection {
  const start: End = { open: (t) => ({ [first]: tf.clone(t) }), close: (places) => present(places[first]) };
  const end = endOf(plan);
  const expect =
    (wanted: Shape, then: Shape) =>
    ([batch = 1, ...sample]: Shape) =>
      sameShape(sample, wanted)
        ? [batch, ...then]
        : refuse(
            'graph',
            `shape ${show([null, ...wanted])}`,
            show([batch, ...sample]),
            'Make it for that shape.',
          );
  const outputShape = expect(plan.shape, end.shape);
  const maps = steps.flatMap((step) => (step.kind === 'through' ? [step] : []));
  const shapeAt = (name: string) => [1, ...(plan.shapes.get(name) ?? [])];
  const members = (condition: Shape | undefined): (Member & { part: Bijection })[] =>
    maps.map(({ key, b, from, given }) => ({
      ...{ key, part: b, shape: shapeAt(from) },
      condition: given === outside ? condition : given === undefined ? undefined : shapeAt(given),
    }));
  return complete({
    name: 'graph',
    ...bothWays(
      { outputShape, ...throughGraph(steps, 'ahead', start, end) },
      { outputShape: expect(end.shape, plan.shape), ...throughGraph(steps, 'behind', end, start) },
    ),
    members: (_, condition) => members(condition),
    weights: (_, condition) =>
      members(condition).flatMap(({ key, part, shape, condition: c }) =>
        specsWithPrefix(`${key}/`, part.weights(shape, c)),
      ),
    training(this: Bijection, seed: number) {
      const next = steps.map((step, i) =>
        step.kind === 'through' ? { ...step, b: trainingOf(step.b, childSeed(seed, i, 'member')) } : step,
      );
      const same = next.every((step, i) => step.kind !== 'through' || step.b === bodyAt(steps[i]));
      return same ? this : graphOf(plan, next);
    },
    initialize: (input, w, direction, c) =>
      direction === 'forward'
        ? setByFirstBatch(steps, 'ahead', start, { input, w, c })
        : setByFirstBatch(steps, 'behind', end, { input, w, c }),
  });
}

const bodyAt = (step: Step | undefined) => (step?.kind === 'through' ? step.b : undefined);

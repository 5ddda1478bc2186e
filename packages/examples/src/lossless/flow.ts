import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs';
import { logProbability, type Mixture, mixtureOf, perValue, step } from './logistics';

export const couplings = ['additive', 'hint', 'irim'] as const;

export interface FlowOptions {
  /** The couplings of each scale. */
  coupling: (typeof couplings)[number];
  layers: number;
  /** Hidden channels of their networks, and of those of the priors. */
  hidden: number;
  seed: number;
}

/** Values that leave the flow, and those that are known before them: the condition of their prior. */
export interface Part {
  z: tf.Tensor;
  known: tf.Tensor | undefined;
}

/** Two scales of 28 × 28 digits: each halves the sizes, and three of its four channels leave. */
const scales = [
  { inner: [14, 14, 4], outer: [28, 28, 1] },
  { inner: [7, 7, 4], outer: [14, 14, 1] },
];
/** Channels of the parts that leave at each scale, given those before them: last the pixels between four others. */
const leave = [
  { from: 2, count: 2 },
  { from: 1, count: 1 },
];
const last = [7, 7, 1];

/** A network whose output moves little by one step of Adam: a grey level is 1/256. */
const small = (net: ReturnType<typeof core.convNet>) =>
  core.taped({ weights: net.weights, forward: (x, w) => tf.mul(0.005, net.forward(x, w)) });

/** The rearrangement that a scale begins with, and the whole map of a scale. */
function mapsOf({ coupling, layers, hidden }: FlowOptions) {
  const rounded = { exact: { step }, conditioner: small(core.convNet({ hidden })) };
  const layer = {
    additive: (k: number) => core.additiveCoupling({ ...rounded, flip: k % 2 === 0 }),
    hint: () => core.hintCoupling({ ...rounded, additive: true, leaf: 1 }),
    irim: () => core.irimCoupling({ ...rounded, mixing: { kind: 'reverse' } }),
  }[coupling];
  // Pixels in quincunx first, so that those that leave lie between four of them.
  const arranged = core.chain([core.squeeze(), core.permutation({ order: [0, 3, 1, 2] })]);
  return { arranged, flow: core.chain([arranged, ...Array.from({ length: layers }, (_, k) => layer(k))]) };
}

/** All weights as variables: those of each scale and of its priors, and the prior of what is left, a number per pixel. */
function variablesOf(flow: core.Bijection, prior: ReturnType<typeof core.convNet>, seed: number) {
  const variables: Record<string, tf.Variable> = {};
  const own = (name: string, specs: core.WeightSpec[], which: number): Record<string, tf.Variable> =>
    Object.fromEntries(
      specs.map((spec, i) => {
        const drawn = core.childSeed(core.childSeed(seed, which, 'member'), i);
        const v = tf.tidy(() => tf.variable(spec.initialize(drawn)));
        variables[`${name}/${spec.name}`] = v;
        return [spec.name, v];
      }),
    );
  const levels = scales.map(({ inner, outer }, i) => ({
    inner,
    w: own(`flow${i}`, flow.weights([1, ...outer]), 3 * i),
    priors: leave.map(({ from, count }, j) => {
      const specs = prior.weights([1, ...inner.slice(0, 2), from], count * perValue);
      return own(`prior${i}${j}`, specs, 3 * i + j + 1);
    }),
  }));
  const shape = [...last.slice(0, 2), perValue];
  const { rest } = own('last', [{ name: 'rest', shape, initialize: () => tf.zeros(shape) }], 0);
  return { variables, levels, rest };
}

/** Numbers of the values of all parts, those of scale l and of the ones inside it, where the pixels of these values are. */
function spread(arranged: core.Bijection, parts: readonly tf.Tensor[], l = 0): tf.Tensor {
  const from = l * leave.length;
  const inner = l < scales.length - 1 ? spread(arranged, parts, l + 1) : parts.slice(-1);
  const own = parts.slice(from, from + leave.length).reverse();
  return arranged.inverse(tf.concat([inner, own].flat(), 3), {}).x;
}

export type IntegerFlow = ReturnType<typeof integerFlow>;

/**
 * An integer discrete flow of two scales, on grey levels: x ↦ parts, each with a prior given those that are decoded before it.
 *
 *     h ← couplings(squeeze(x))      p(h) = p(h₃, h₄ | h₁, h₂) · p(h₂ | h₁) · p(h₁),  h₁ at the next scale
 *
 * Hoogeboom et al. 2019, arXiv:1905.07376, figure 2.
 */
export function integerFlow(options: FlowOptions) {
  const { arranged, flow } = mapsOf(options);
  const prior = core.convNet({ hidden: options.hidden });
  const { variables, levels, rest } = variablesOf(flow, prior, options.seed);
  const cut = (h: tf.Tensor, from: number, count: number) =>
    tf.slice(h, [0, 0, 0, from], [-1, -1, -1, count]);

  /** The parts in the order in which they leave; the last ones are decoded first. */
  const parts = (x: tf.Tensor): Part[] => {
    let h = x;
    const all: Part[] = [];
    for (const { w } of levels) {
      const { y } = core.reversible(flow)(h, w);
      for (const { from, count } of leave) all.push({ z: cut(y, from, count), known: cut(y, 0, from) });
      h = cut(y, 0, 1);
    }
    return [...all, { z: h, known: undefined }];
  };
  /** The mixture of the values of part i. */
  const mixture = (i: number, known: tf.Tensor | undefined, batch: number): Mixture => {
    const w = levels[Math.floor(i / leave.length)]?.priors[i % leave.length];
    if (!known || !w) return mixtureOf(tf.tile(tf.expandDims(rest ?? 0, 0), [batch, 1, 1, 1]));
    return mixtureOf(prior.forward(tf.sub(known, 0.2), w));
  };

  /** −log₂ P of each value, part by part. */
  const bits = (x: tf.Tensor): tf.Tensor[] =>
    parts(x).map(({ z, known }, i) =>
      tf.mul(logProbability(z, mixture(i, known, x.shape[0] ?? 0)), -Math.LOG2E),
    );

  return {
    variables,
    parts,
    mixture,
    bits,
    /** The bits at the pixels that the values come from, in the shape of x. */
    bitsAtPixels: (x: tf.Tensor): tf.Tensor => tf.tidy(() => spread(arranged, bits(x))),
    /** x from its parts, which `part` gives from what is known by then: the last one first. */
    async rebuild(part: (i: number, known: tf.Tensor | undefined, shape: number[]) => Promise<tf.Tensor>) {
      let h = await part(leave.length * scales.length, undefined, last);
      for (const [l, { w, inner }] of [...levels.entries()].reverse()) {
        for (const [j, { count }] of [...leave.entries()].reverse()) {
          const z = await part(l * leave.length + j, h, [...inner.slice(0, 2), count]);
          const joined = tf.concat([h, z], 3);
          tf.dispose([h, z]);
          h = joined;
        }
        const { x, logDet } = flow.inverse(h, w);
        tf.dispose([h, logDet]);
        h = x;
      }
      return h;
    },
  };
}

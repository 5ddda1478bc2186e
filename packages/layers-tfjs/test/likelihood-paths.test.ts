import '@tensorflow/tfjs-backend-cpu';
import * as core from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import fc from 'fast-check';

/**
 * Whatever people put together, its likelihood is that of the chain of its maps, or building it is refused and the layer in the
 * way is named: models inside models, sequential and functional, layers that are applied twice, stock layers of every sort
 * between ours, several heads, conditions.
 */

beforeAll(async () => {
  await tf.setBackend('cpu');
});

type Symbolic = tfl.SymbolicTensor;

/** One part of a random model, as data. */
type Part =
  | { kind: 'invertible'; of: number }
  | { kind: 'again'; of: number }
  | { kind: 'conditioned' | 'wild'; of: number }
  | { kind: 'rearranging'; of: number }
  | { kind: 'stock'; of: number }
  | { kind: 'nested'; sequential: boolean; parts: Part[]; twice: boolean }
  | { kind: 'timeDistributed'; of: number };

const { part } = fc.letrec<{ part: Part }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('invertible' as const), of: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), of: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('conditioned' as const), of: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('wild' as const), of: fc.nat(3) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('rearranging' as const), of: fc.nat(4) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('stock' as const), of: fc.nat(4) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('timeDistributed' as const), of: fc.nat(2) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('nested' as const),
        sequential: fc.boolean(),
        parts: fc.array(tie('part'), { minLength: 1, maxLength: 3 }),
        twice: fc.boolean(),
      }),
    },
  ),
}));
const model = fc.record({
  parts: fc.array(part, { minLength: 1, maxLength: 6 }),
  gradient: fc.constantFrom('reversible' as const, 'stored' as const),
  heads: fc.integer({ min: 1, max: 2 }),
});
type Model = ReturnType<typeof drawn>;
const drawn = (m: typeof model extends fc.Arbitrary<infer T> ? T : never) => m;

/** A map of the reference, and what it is to a likelihood. */
interface Step {
  apply(x: tf.Tensor, c: tf.Tensor): { y: tf.Tensor; logDet: tf.Tensor };
  role: 'invertible' | 'rearranging' | 'in the way' | 'hides a bijection' | 'reads x as its condition';
  name: string;
}

/** The layers of which a refusal must name one; and whether there is a flow at all. */
function expected(steps: readonly Step[]): { culprits: Set<string>; begun: boolean } {
  const culprits = new Set<string>();
  let begun = false;
  let waiting: string | undefined;
  for (const { role, name } of steps) {
    if (role === 'in the way' && begun) waiting = name;
    if (role === 'hides a bijection') waiting = name;
    if (role === 'reads x as its condition') culprits.add(name);
    if (role === 'invertible' || role === 'reads x as its condition') {
      if (waiting) culprits.add(waiting);
      waiting = undefined;
    }
    if (role !== 'rearranging' && role !== 'in the way') begun = true;
  }
  if (waiting) culprits.add(waiting);
  return { culprits, begun };
}

/** What is built: the graph so far, and what it should compute. */
class Build {
  readonly input = tfl.input({ shape: [2, 2] });
  readonly condition = tfl.input({ shape: [3] });
  readonly steps: Step[] = [];
  private count = 0;
  private readonly made: inn.InvertibleLayer[] = [];

  constructor(private readonly gradient: 'reversible' | 'stored') {}

  private name = () => `part_${this.count++}_${unique++}`;

  private layerFor(of: number, shape: readonly (number | null)[]): inn.InvertibleLayer {
    const args = { name: this.name(), gradient: this.gradient, seed: this.count };
    const makers = [
      () => inn.actNorm(args),
      () => inn.affineCoupling({ ...args, hidden: 3 }),
      () => inn.conv1x1(args),
      () => inn.pixelAffine(args),
      () => inn.reverseChannels(args),
      () => inn.additiveCoupling({ ...args, hidden: 3 }),
    ];
    const even = (shape.at(-1) ?? 0) % 2 === 0;
    return makers[even || (of !== 1 && of !== 5) ? of : 0]!();
  }

  private apply(layer: inn.InvertibleLayer, x: Symbolic, c?: Symbolic, wild?: string): Symbolic {
    const y = layer.apply(c ? [x, c] : x) as Symbolic;
    this.steps.push({
      apply: (t, given) => layer.bijection.forward(t, layer.named(), c && given),
      role: wild ? 'reads x as its condition' : 'invertible',
      name: wild ?? layer.name,
    });
    return y;
  }

  add(part: Part, x: Symbolic, c: Symbolic): Symbolic {
    switch (part.kind) {
      case 'invertible': {
        const layer = this.layerFor(part.of, x.shape);
        this.made.push(layer);
        return this.apply(layer, x);
      }
      case 'again': {
        // A layer that is applied once more, where the shape allows it.
        const fitting = this.made.filter(
          (l) => String(l.inboundNodes[0]!.inputShapes[0]) === String(x.shape),
        );
        return fitting.length > 0 ? this.apply(fitting[part.of % fitting.length]!, x) : x;
      }
      case 'conditioned':
      case 'wild': {
        const layer = inn.conditionalAffine({ name: this.name(), gradient: this.gradient, hidden: 3 });
        if (part.kind === 'conditioned') return this.apply(layer, x, c);
        const name = this.name();
        const flat = (x.shape.length > 2 ? tfl.layers.flatten().apply(x) : x) as Symbolic;
        const own = tfl.layers.dense({ units: 3, name }).apply(flat) as Symbolic;
        return this.apply(layer, x, own, name);
      }
      case 'rearranging':
        return this.stock(rearranging(part.of, x.shape, this.name()), x, 'rearranging');
      case 'stock':
        return this.stock(changing(part.of, x.shape.at(-1)!, this.name()), x, 'in the way');
      case 'timeDistributed': {
        if (x.shape.length !== 3) return x;
        const inner = [
          inn.actNorm(),
          inn.affineCoupling({ hidden: 3 }),
          tfl.layers.dense({ units: x.shape[2]! }),
        ];
        const wrapped = tfl.layers.timeDistributed({ layer: inner[part.of]!, name: this.name() });
        return this.stock(wrapped, x, part.of < 2 ? 'hides a bijection' : 'in the way');
      }
      case 'nested':
        return this.nest(part, x, c);
    }
  }

  private stock(layer: tfl.layers.Layer, x: Symbolic, role: Step['role']): Symbolic {
    const y = layer.apply(x) as Symbolic;
    const apply = (t: tf.Tensor) => ({
      y: tf.clone(layer.apply(t) as tf.Tensor),
      logDet: tf.zeros([t.shape[0]]),
    });
    this.steps.push({ apply, role, name: layer.name });
    return y;
  }

  private nest({ sequential, parts, twice }: Part & { kind: 'nested' }, x: Symbolic, c: Symbolic): Symbolic {
    const shape = x.shape.slice(1);
    const from = this.steps.length;
    const [u, d] = [tfl.input({ shape }), tfl.input({ shape: [3] })];
    let inner: tfl.LayersModel;
    if (sequential) {
      const chain = tfl.sequential({ name: this.name() });
      chain.add(tfl.layers.inputLayer({ inputShape: shape }));
      let v = u;
      for (const p of parts.filter(
        ({ kind }) => !['nested', 'conditioned', 'wild', 'again'].includes(kind),
      )) {
        const before = v;
        v = this.add(p, v, d);
        if (v !== before) chain.add(v.sourceLayer);
      }
      if (chain.layers.length < 2) return x;
      inner = chain;
    } else {
      let v = u;
      for (const p of parts) v = this.add(p, v, d);
      if (v === u) return x;
      const used = new Set<Symbolic>();
      const look = (t: Symbolic) => {
        used.add(t);
        t.inputs.forEach(look);
      };
      look(v);
      inner = tfl.model({ inputs: used.has(d) ? [u, d] : u, outputs: v, name: this.name() });
    }
    const apply = (t: Symbolic) => inner.apply(inner.inputs.length > 1 ? [t, c] : t) as Symbolic;
    const y = apply(x);
    if (!twice || String(y.shape) !== String(x.shape)) return y;
    this.steps.push(...this.steps.slice(from));
    return apply(y);
  }

  /** Numbers and Σ log|det J| of the maps one after the other. */
  chain(x: tf.Tensor, c: tf.Tensor): { z: tf.Tensor; logDet: tf.Tensor } {
    let [z, logDet]: [tf.Tensor, tf.Tensor] = [x, tf.zeros([x.shape[0]])];
    for (const step of this.steps) {
      const next = step.apply(z, c);
      [z, logDet] = [next.y, tf.add(logDet, next.logDet)];
    }
    return { z, logDet };
  }
}
let unique = 0;

const sizeOf = (shape: readonly (number | null)[]) => shape.slice(1).reduce<number>((n, k) => n * k!, 1);

const rearranging = (of: number, shape: readonly (number | null)[], name: string): tfl.layers.Layer => {
  const n = sizeOf(shape);
  const flat = () => tfl.layers.reshape({ targetShape: [n], name });
  const rows = () => tfl.layers.reshape({ targetShape: [2, n / 2], name });
  const deep = shape.length === 3;
  const layers: (() => tfl.layers.Layer)[] = [
    flat,
    () => (deep ? tfl.layers.flatten({ name }) : flat()),
    () => tfl.layers.activation({ activation: 'linear', name }),
    () => (deep ? tfl.layers.permute({ dims: [2, 1], name }) : rows()),
    rows,
  ];
  return (layers[of] ?? rows)();
};

const changing = (of: number, units: number, name: string): tfl.layers.Layer =>
  [
    () => tfl.layers.dense({ units, name }),
    () => tfl.layers.activation({ activation: 'tanh', name }),
    () => tfl.layers.leakyReLU({ name }),
    () => tfl.layers.layerNormalization({ name }),
    () => tfl.layers.batchNormalization({ name }),
  ][of]!();

const names = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** What became of a model: 'equal', 'refused', or a sentence that says what is wrong. */
function verdict({ parts, gradient, heads }: Model): string {
  const build = new Build(gradient);
  let y: Symbolic = build.input;
  for (const part of parts) y = build.add(part, y, build.condition);
  const { culprits, begun } = expected(build.steps);
  let flow: tfl.LayersModel;
  try {
    const outputs = Array.from({ length: heads }, () => inn.gaussianLikelihood().apply(y) as Symbolic);
    const used = JSON.stringify(parts).includes('conditioned');
    flow = tfl.model({ inputs: used ? [build.input, build.condition] : build.input, outputs });
  } catch (error) {
    const message = names(error);
    if (!/^invertible.*: expected .*, got /.test(message)) return `raw error: ${message}`;
    if (begun && culprits.size === 0) return `refused without a reason: ${message}`;
    const named = !begun || [...culprits].some((name) => message.includes(`"${name}"`));
    return named ? 'refused' : `${[...culprits].join(' or ')} is not named: ${message}`;
  }
  if (culprits.size > 0 || !begun) return `not refused, in the way: ${[...culprits].join(', ')}`;
  const before = tf.memory().numTensors;
  const difference = tf.tidy(() => {
    const [x, c] = [
      tf.randomNormal([3, 2, 2], 0, 1, 'float32', 1),
      tf.randomNormal([3, 3], 0, 1, 'float32', 2),
    ];
    shake(flow);
    const inputs = flow.inputs.length > 1 ? [x, c] : x;
    const step = tf.valueAndGrad((t: tf.Tensor) => {
      const heads = [flow.apply(flow.inputs.length > 1 ? [t, c] : t) as tf.Tensor].flat();
      return tf.mean(tf.addN(heads));
    });
    // By training too, which releases what it can on the way.
    const results = [
      [flow.predict(inputs)].flat(),
      [flow.apply(inputs) as tf.Tensor | tf.Tensor[]].flat(),
      [step(x).value],
    ] as const;
    const { z, logDet } = build.chain(x, c);
    const nll = tf.neg(tf.add(core.normal().logProb(tf.reshape(z, [3, -1]), {}), logDet));
    const scale = Math.max(1, tf.max(tf.abs(nll)).dataSync()[0]!);
    const off = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(tf.reshape(a, [-1]), b))).dataSync()[0]!;
    const each = results.slice(0, 2).flatMap((heads) => heads.map((head) => off(head, nll)));
    const mean = off(results[2][0], tf.mul(heads, tf.mean(nll)));
    return Math.max(...each, mean / heads) / scale;
  });
  const left = tf.memory().numTensors - before;
  flow.dispose();
  if (left !== 0) return `${left} tensors are left behind`;
  if (!(difference < 1e-5)) return `the likelihood is ${difference} off, relative`;
  return 'equal';
}

/** Weights that are not those of the identity. */
function shake(flow: tfl.LayersModel): void {
  flow.setWeights(
    flow.getWeights().map((w, i) => {
      const noise = tf.randomUniform(w.shape, -0.4, 0.4, 'float32', 7 + i);
      return flow.weights[i]!.originalName.includes('variance') ? tf.add(w, tf.abs(noise)) : tf.add(w, noise);
    }),
  );
}

const runs = Number(process.env.RANDOM_MODELS ?? 2000);

test(`${runs} random models: the likelihood of the chain, or a refusal that names the layer`, () => {
  const counts: Record<string, number> = {};
  fc.assert(
    fc.property(model, (m) => {
      const found = verdict(m);
      counts[found] = (counts[found] ?? 0) + 1;
      expect(['equal', 'refused']).toContain(found);
    }),
    { numRuns: runs, seed: 11 },
  );
  console.info(counts);
  expect(counts.equal).toBeGreaterThan(runs / 4);
  expect(counts.refused).toBeGreaterThan(runs / 10);
}, 600_000);

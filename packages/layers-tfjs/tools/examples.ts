/** What the example of a factory needs besides the defaults. */
interface Example {
  /** Shape of one sample. Default [8, 8, 4]. */
  shape?: readonly number[];
  /** Shape of one condition. Default: none. */
  condition?: readonly number[];
  /** The options, as they are written. Default: hidden channels where there are any. */
  options?: string;
  /** A line before it. */
  before?: string;
  /** Numbers between 0 and 1 instead of normal ones. */
  uniform?: boolean;
  /** False for a layer that no likelihood can follow. Default true. */
  scored?: false;
}

const layers: Readonly<Record<string, Example>> = {
  affineCoupling: { options: "hidden: 8, scale: 'sigmoid', range: [0.5, 2]" },
  conditionalAffine: { condition: [3] },
  conditionalSpline: { condition: [3] },
  conv1x1: { options: "kind: 'lu', seed: 1" },
  glowCoupling: { options: "hidden: 8, mixing: { kind: 'lu' }" },
  hyperbolic: { options: 'step: 0.25' },
  circularShift: { uniform: true },
  logit: { options: 'alpha: 0.01', uniform: true },
  sylvester: { options: 'hidden: 4' },
  pad: { options: 'multiple: 3', scored: false },
  permutation: { options: 'seed: 1' },
  reshape: { options: 'to: [16, 16]' },
  scaling: { options: 'scale: 2, shift: -1' },
  sigmoid: { options: 'low: -1, high: 1' },
  squeeze: { options: "pattern: 'patch'" },
  waveletSqueeze: { options: "wavelet: 'sym4'" },
};

/** The kinds of core that are models here, and not only layers. */
const networks: Readonly<Record<string, Example>> = {
  conditionalGlow: { shape: [8, 8, 1], condition: [8, 8, 2], options: 'scales: 2, steps: 1, hidden: 8' },
  conditionalHint: { shape: [3], condition: [3], options: "lane: 'x', layers: 2, hidden: 8" },
  glow: { shape: [8, 8, 1], options: 'scales: 2, steps: 2, hidden: 8' },
  hint: { shape: [6], options: 'layers: 2, hidden: 8' },
  hyperbolicNetwork: {
    shape: [8, 8, 2],
    options: "architecture: [{}, { action: 'down' }, { hidden: 4 }]",
  },
  iaf: { shape: [4], options: 'layers: 2, hidden: 16' },
  irim: {
    before: 'const operator = core.convolutionOperator([[0.1, 0.2, 0.1], [0.1, 0.1, 0.1], [0.1, 0.1, 0.1]]);',
    condition: [8, 8, 1],
    options: 'operator, iterations: 2, hidden: 8',
  },
  jet: { shape: [8, 8, 1], options: 'layers: 5, blocks: 1, hidden: 8, heads: 2, patch: 2' },
  iunet: { options: 'levels: 1, couplings: 2, hidden: 8' },
  maf: { shape: [4], options: "layers: 3, hidden: 16, order: 'random'" },
  multiscaleConditionalHint: {
    shape: [8, 8, 1],
    condition: [8, 8, 1],
    options: "lane: 'x', scales: 2, steps: 1, hidden: 8",
  },
  multiscaleHint: { shape: [8, 8, 1], options: 'scales: 2, steps: 1, hidden: 8' },
  nice: { shape: [4], options: 'layers: 4, hidden: 16' },
  realNvp: { shape: [4], options: 'layers: 4, hidden: 16' },
  residualFlow: { shape: [4], options: 'layers: 2, hidden: 16' },
  splineFlow: { shape: [4], options: 'layers: 2, hidden: 16, bins: 8' },
};

export const isNetwork = (name: string): boolean => Object.hasOwn(networks, name);

const list = (numbers: readonly number[]) => `[${numbers.join(', ')}]`;
const braces = (...parts: (string | undefined)[]) => {
  const inside = parts.filter(Boolean).join(', ');
  return inside ? `{ ${inside} }` : '';
};

/** A model of one layer and the likelihood head, which is asked for a density. */
export function layerExample(name: string, hasHidden: boolean): string {
  const {
    shape = [8, 8, 4],
    condition,
    options,
    uniform = false,
    scored = true,
    before,
  } = layers[name] ?? {};
  const given = options ?? (hasHidden ? 'hidden: 8' : undefined);
  const random = uniform ? 'randomUniform' : 'randomNormal';
  const draw = (of: readonly number[]) => `tf.${random}(${list([2, ...of])})`;
  const ask = (x: string) =>
    scored
      ? `const perExample = model.predict(${x}); // −log p in nats, [2, 1]`
      : `const y = model.predict(${x});`;
  const lines = condition
    ? [
        `const x = tfl.input({ shape: ${list(shape)} });`,
        `const c = tfl.input({ shape: ${list(condition)} });`,
        `const y = inn.${name}(${braces(given)}).apply([x, c]);`,
        'const model = tfl.model({ inputs: [x, c], outputs: inn.gaussianLikelihood().apply(y) as tfl.SymbolicTensor });',
        ask(`[${draw(shape)}, ${draw(condition)}]`),
      ]
    : [
        'const model = tfl.sequential();',
        `model.add(inn.${name}(${braces(`inputShape: ${list(shape)}`, given)}));`,
        scored ? 'model.add(inn.gaussianLikelihood());' : undefined,
        ask(draw(shape)),
      ];
  return [before, ...lines].filter(Boolean).join('\n');
}

/** A flow that is fitted, asked for a density and drawn from. */
export function networkExample(name: string): string {
  const { shape = [8, 8, 4], condition, options, before } = networks[name] ?? {};
  const given = braces(`shape: ${list(shape)}`, condition && `condition: ${list(condition)}`, options);
  const also = condition ? ['condition'] : [];
  return [
    before,
    `const flow = inn.${name}(${given});`,
    `const x = tf.randomNormal(${list([8, ...shape])});`,
    condition && `const condition = tf.randomNormal(${list([8, ...condition])});`,
    `await flow.fit(x, ${braces(...also, 'epochs: 1', 'verbose: 0')});`,
    `const nats = flow.logProb(x${condition ? ', { condition }' : ''}); // [8]`,
    `const drawn = flow.sample(8, ${braces('seed: 1', ...also)}); // ${list([8, ...shape])}`,
  ]
    .filter(Boolean)
    .join('\n');
}

/** A coupling with that network inside; one that reads a condition is given one. */
export function conditionerExample(name: string, hasHidden: boolean): string {
  const inside = `const conditioner = inn.${name}(${hasHidden ? '{ hidden: 8 }' : ''});`;
  if (name.startsWith('conditional')) {
    return [
      inside,
      'const x = tfl.input({ shape: [8, 8, 4] });',
      'const c = tfl.input({ shape: [8, 8, 2] });',
      'const y = inn.affineCoupling({ conditioner }).apply([x, c]);',
    ].join('\n');
  }
  return [
    inside,
    'const model = tfl.sequential();',
    'model.add(inn.affineCoupling({ inputShape: [8, 8, 4], conditioner }));',
    'model.add(inn.gaussianLikelihood());',
  ].join('\n');
}

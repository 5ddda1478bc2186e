import '@tensorflow/tfjs-backend-cpu';
import * as core from '@invertible/core';

type Make = (options?: Record<string, unknown>) => { toString(): string };

/** Factories that are no kinds of bijection, with good values of their options. */
const factories: Record<string, [make: Make, options: Record<string, unknown>]> = {
  banana: [core.banana, { c: [1, 4] }],
  checkerboard: [core.checkerboard, {}],
  eightGaussians: [core.eightGaussians, { radius: 3, deviation: 0.35 }],
  pinwheel: [core.pinwheel, { arms: 5, rate: 0.25 }],
  rings: [core.rings, { rings: 4, noise: 0.08 }],
  spirals: [core.spirals, { noise: 0.1 }],
  swirl: [core.swirl, { noise: 1 }],
  twoMoons: [core.twoMoons, { noise: 0.1 }],
  normal: [core.normal, {}],
  logistic: [core.logistic, {}],
  studentT: [core.studentT, { df: 3, scale: 2 }],
  uniform: [core.uniform, { low: 0, high: 1 }],
  diagonalNormal: [core.diagonalNormal, {}],
  conditionalNormal: [core.conditionalNormal, { clamp: 2 }],
  mixtureOfNormals: [core.mixtureOfNormals, { components: 3, trainable: false }],
  flow: [(options) => core.flow(options as never), { bijection: core.actNorm(), base: core.normal() }],
};

describe.each(Object.entries(factories))('%s', (name, [make, good]) => {
  test('takes its options, and misspelt ones are refused with the right name', () => {
    expect(() => make(good)).not.toThrow();
    for (const option of Object.keys(good)) {
      const { [option]: value, ...rest } = good;
      expect(() => make({ ...rest, [`${option}s`]: value })).toThrow(`Did you mean ${option}?`);
    }
    if (name !== 'flow') expect(() => make({ nonsense: 1 })).toThrow(core.InvertibleError);
  });

  test('senseless options are refused', () => {
    for (const option of Object.keys(good))
      for (const value of ['x', Number.NaN, Infinity, null, {}, -1e40])
        expect(() => make({ ...good, [option]: value })).toThrow(`${option} to be`);
  });
});

const printed: [core.Distribution | core.Dataset, string][] = [
  [core.rings({ rings: 2, noise: 0.1 }), 'rings({ rings: 2, noise: 0.1 })'],
  [core.checkerboard(), 'checkerboard()'],
  [core.normal(), 'normal()'],
  [core.uniform({ low: -1 }), 'uniform({ low: -1 })'],
  [core.mixtureOfNormals({ components: 3 }), 'mixtureOfNormals({ components: 3 })'],
  [core.distributionOf({ kind: 'logistic' }), 'logistic()'],
  [
    core.flow({ bijection: core.realNvp({ layers: 2 }), base: core.normal() }),
    'flow({ bijection: realNvp({ layers: 2 }), base: normal() })',
  ],
];
test.each(printed)('distributions and datasets print themselves: %s', (made, expected) => {
  expect(String(made)).toBe(expected);
});

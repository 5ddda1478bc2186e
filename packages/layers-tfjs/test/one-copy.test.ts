import '@tensorflow/tfjs-backend-cpu';
import * as inn from '@invertible/layers-tfjs';
import * as tfl from '@tensorflow/tfjs-layers';

/** tf.layers once more, as on a page that has the script tag and the bundle. */
let second: typeof tfl;
jest.isolateModules(() => {
  second = require('@tensorflow/tfjs-layers');
});

test.each<[string, () => tfl.layers.Layer]>([
  ['a layer', () => inn.affineCoupling({ hidden: 4 })],
  ['a split', () => inn.split({ layers: [inn.actNorm()] })],
  ['a likelihood', () => inn.gaussianLikelihood()],
])('%s names a second copy of tfjs', (_, make) => {
  expect(second.SymbolicTensor).not.toBe(tfl.SymbolicTensor);
  const sentence = /^\w+: expected tensors of the one @tensorflow\/tfjs-layers .*, got one of a second copy/;
  expect(() => make().apply(second.input({ shape: [4] }))).toThrow(sentence);
  const model = second.sequential();
  model.add(second.layers.dense({ units: 4, inputShape: [4] }));
  expect(() => model.add(make())).toThrow(sentence);
});

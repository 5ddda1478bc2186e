import type { ActivationName } from '../conditioners/blocks/activation';
import type { ConditionerSpec } from '../conditioners/conditioner-of';
import { refuse } from '../errors';
import { oneOf } from '../options';
import { sizeOf } from '../tensors/channels';
import { type NumberArray, vector } from './array';
import type { State } from './state';

/** torch.nn's activations by their classes or functions. */
const activations: Record<string, ActivationName> = {
  ReLU: 'relu',
  LeakyReLU: 'leakyRelu',
  Tanh: 'tanh',
  ELU: 'elu',
  Sigmoid: 'sigmoid',
  Softplus: 'softplus',
};
export const activationRule = oneOf(...Object.keys(activations));
export const activationOf = (name = 'ReLU'): ActivationName => activations[name] ?? 'relu';

/** A linear layer or a convolution: W[tap][in][out], the taps of its kernel in rows. */
interface Affine {
  kernel: readonly number[];
  inputs: number;
  outputs: number;
  at(tap: number, i: number, j: number): number;
  bias(j: number): number;
}

/** A network as its affine layers, one after the other, or the first and last around residual blocks. */
export interface TorchNet {
  kind: 'stack' | 'residual';
  layers: readonly Affine[];
}

/** A layer of [out, in] or OIHW weights. */
function affine(state: State): Affine {
  const { shape, numbers } = state.take('weight');
  const b = state.takeIf('bias');
  const [outputs = 0, inputs = 0, ...kernel] = shape;
  const taps = sizeOf(kernel);
  return {
    ...{ kernel, inputs, outputs },
    at: (tap, i, j) => numbers[(j * inputs + i) * taps + tap] ?? 0,
    bias: (j) => b?.numbers[j] ?? 0,
  };
}

/** Layers by their names, one after the other. */
export const layersOf = (state: State, names: readonly string[]): TorchNet => ({
  kind: 'stack',
  layers: names.map((name) => affine(state.at(name))),
});

/** The layers of a torch.nn.Sequential, `0.weight`, `2.weight`, …; those between have none. */
export function stackOf(state: State): TorchNet {
  const at = state
    .names()
    .flatMap((name) => /^(\d+)\.weight$/.exec(name)?.[1] ?? [])
    .sort((a, b) => Number(a) - Number(b));
  if (at.length === 0) {
    const expected = `layers ${state.prefix}0.weight, … of a torch.nn.Sequential`;
    refuse('fromTorch', expected, state.names().join(', ') || 'none', 'Other networks are not read.');
  }
  return layersOf(state, at);
}

/** A layer of kernel 1 as one of a larger kernel, whose other taps are zero: a residual network here has kernels of one size. */
function inMiddle(layer: Affine, kernel: readonly number[]): Affine {
  if (layer.kernel.length === 0 || layer.kernel[0] === kernel[0]) return layer;
  const middle = (sizeOf(kernel) - 1) / 2;
  return { ...layer, kernel, at: (tap, i, j) => (tap === middle ? layer.at(0, i, j) : 0) };
}

/** A network of nflows: ResidualNet, ConvResidualNet or MLP. */
export function flowNet(state: State): TorchNet {
  const numbered = (list: string) => {
    const names = state.names().filter((name) => name.startsWith(`${list}.`));
    return [...new Set(names.map((name) => Number(name.split('.')[1])))].sort((a, b) => a - b);
  };
  if (state.has('_input_layer.weight')) {
    const inner = numbered('_hidden_layers').map((i) => `_hidden_layers.${i}`);
    return layersOf(state, ['_input_layer', ...inner, '_output_layer']);
  }
  const blocks = numbered('blocks').flatMap((i) => {
    const layers = state.has(`blocks.${i}.conv_layers.0.weight`) ? 'conv_layers' : 'linear_layers';
    return [0, 1].map((k) => `blocks.${i}.${layers}.${k}`);
  });
  const names = ['initial_layer', ...blocks, 'final_layer'];
  const { layers } = layersOf(state, names);
  const [, { kernel = [] } = {}] = layers;
  return { kind: 'residual', layers: layers.map((layer) => inMiddle(layer, kernel)) };
}

/** A number of the new output: one of the old ones, times and plus constants. */
export interface Output {
  from: number;
  times?: number;
  plus?: number;
}

const changed = (net: TorchNet, at: number, change: (layer: Affine) => Affine): TorchNet => ({
  ...net,
  layers: net.layers.map((layer, i) =>
    i === (at + net.layers.length) % net.layers.length ? change(layer) : layer,
  ),
});

/** The same network, whose outputs are others, in another order. */
export const withOutputs = (net: TorchNet, outputs: readonly Output[]): TorchNet =>
  changed(net, -1, (layer) => ({
    ...layer,
    outputs: outputs.length,
    at: (tap, i, j) => layer.at(tap, i, outputs[j]?.from ?? 0) * (outputs[j]?.times ?? 1),
    bias: (j) => layer.bias(outputs[j]?.from ?? 0) * (outputs[j]?.times ?? 1) + (outputs[j]?.plus ?? 0),
  }));

/** The same network of some of its inputs. */
export const withInputs = (net: TorchNet, inputs: readonly number[]): TorchNet =>
  changed(net, 0, (layer) => ({
    ...layer,
    inputs: inputs.length,
    at: (tap, i, j) => layer.at(tap, inputs[i] ?? 0, j),
  }));

/** Units of a hidden layer in another order. */
export function withUnits(net: TorchNet, hidden: number, order: readonly number[]): TorchNet {
  const turned = changed(net, hidden, (layer) => ({
    ...layer,
    at: (tap, i, j) => layer.at(tap, i, order[j] ?? 0),
    bias: (j) => layer.bias(order[j] ?? 0),
  }));
  return changed(turned, hidden + 1, (layer) => ({
    ...layer,
    at: (tap, i, j) => layer.at(tap, order[i] ?? 0, j),
  }));
}

/** Two networks of the same input as one, whose outputs are those of the first, then those of the second. */
export function besideEachOther(a: TorchNet, b: TorchNet): TorchNet {
  if (a.layers.length !== b.layers.length) {
    const got = `${a.layers.length} and ${b.layers.length}`;
    refuse('fromTorch', 'as many layers in both networks of a coupling', got, 'Deeper ones are not joined.');
  }
  const layers = a.layers.map((first, i): Affine => {
    const second = b.layers[i] ?? first;
    const shared = i === 0;
    return {
      kernel: first.kernel,
      inputs: shared ? first.inputs : first.inputs + second.inputs,
      outputs: first.outputs + second.outputs,
      at(tap, from, to) {
        const own = to < first.outputs;
        if (shared) return own ? first.at(tap, from, to) : second.at(tap, from, to - first.outputs);
        if (own) return from < first.inputs ? first.at(tap, from, to) : 0;
        return from < first.inputs ? 0 : second.at(tap, from - first.inputs, to - first.outputs);
      },
      bias: (to) => (to < first.outputs ? first.bias(to) : second.bias(to - first.outputs)),
    };
  });
  return { kind: a.kind, layers };
}

export const inputsOf = ({ layers }: TorchNet): number => layers[0]?.inputs ?? 0;
export const outputsOf = ({ layers }: TorchNet): number => layers.at(-1)?.outputs ?? 0;
/** The widths of the hidden layers. */
export const widthsOf = ({ layers }: TorchNet): number[] => layers.slice(0, -1).map(({ outputs }) => outputs);

/** The weights W₁, b₁, W₂, … of a network here. */
export const weightsOf = ({ layers }: TorchNet): Record<string, NumberArray> =>
  Object.fromEntries(
    layers.flatMap(({ kernel, inputs, outputs, at, bias }, i) => {
      const numbers = Array.from({ length: sizeOf(kernel) * inputs * outputs }, (_, k) => {
        const row = Math.floor(k / outputs);
        return at(Math.floor(row / inputs), row % inputs, k % outputs);
      });
      return [
        [`W${i + 1}`, { shape: [...kernel, inputs, outputs], numbers }],
        [`b${i + 1}`, vector(Array.from({ length: outputs }, (_, j) => bias(j)))],
      ] as const;
    }),
  );

/** The network here that a network of PyTorch is. */
export function conditionerOf(net: TorchNet, activation: ActivationName): ConditionerSpec {
  const { kind, layers } = net;
  const kernels = layers.map(({ kernel }) => kernel[0] ?? 1);
  const [width = 1] = widthsOf(net);
  if (kind === 'residual') {
    const [, kernel = 1] = kernels;
    const blocks = layers.length / 2 - 1;
    return { kind: 'resNet', hidden: width, blocks, kernel, activation, preactivated: true };
  }
  if (kernels.every((k) => k === 1)) return { kind: 'dense', hidden: widthsOf(net), activation };
  return { kind: 'conv', hidden: widthsOf(net), kernel: kernels, activation };
}

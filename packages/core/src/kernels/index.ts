import { registerConv2dBackpropFilter } from './conv2d-backprop-filter';

/** Registers the gradient kernels that the wasm backend lacks, so that convolutions train on it. Call it once, at any time. */
export function registerKernels(): void {
  registerConv2dBackpropFilter('wasm');
}

/** Stands for `@tensorflow/tfjs` in the page: its core and its layers, without the backends, of which the worker loads one. */
export * from '@tensorflow/tfjs-core';
export * from '@tensorflow/tfjs-layers';

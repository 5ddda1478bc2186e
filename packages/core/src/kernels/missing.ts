import { refuse } from '../errors';

/** Runs what may call a kernel that wasm lacks as shipped: the error then says how to get it. */
export function withHint<T>(f: () => T): T {
  try {
    return f();
  } catch (error) {
    const [, kernel] =
      (error instanceof Error && /Kernel '(\w+)' not registered for backend 'wasm'/.exec(error.message)) ||
      [];
    if (!kernel) throw error;
    return refuse(
      'wasm',
      `the kernel ${kernel}`,
      'none',
      "Call registerKernels() of @invertible/core once, after the import of '@tensorflow/tfjs-backend-wasm'.",
    );
  }
}

import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import { check } from './check';

/** What a browser runs: `check` as a global. */
Object.assign(globalThis, { check });

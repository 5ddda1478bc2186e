import * as tf from '@tensorflow/tfjs-core';

/** What the webgpu backend has and its type does not say. */
interface Device {
  lost: Promise<{ message: string }>;
  onuncapturederror: (event: { error: { message: string } }) => void;
}

/** What the GPU says of the present backend, from now on: WebGPU raises no exception, drops a bad command, and old numbers are read. */
export function gpuFaults(): string[] {
  const faults: string[] = [];
  const { device } = tf.backend() as unknown as { device?: Device };
  if (device) {
    device.onuncapturederror = ({ error }) => faults.push(error.message);
    device.lost.then(({ message }) => faults.push(`the device was lost: ${message}`));
  }
  return faults;
}

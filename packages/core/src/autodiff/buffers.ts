import * as tf from '@tensorflow/tfjs-core';

/** Bytes of buffers, beyond those alive when the watch began. */
export interface Buffers {
  live: number;
  peak: number;
}

/**
 * Runs f and counts the buffers behind tensors: tfjs sums over tensors, and so counts one and its reshape twice, though they share
 * their numbers. The engine has two methods where buffers come and go.
 */
export async function watchBuffers<T>(f: (count: Readonly<Buffers>) => Promise<T>): Promise<T> {
  const engine = tf.engine();
  const { tensorInfo } = engine.state;
  const { trackTensor, removeDataId } = engine;
  const count: Buffers = { live: 0, peak: 0 };
  const bytesOf = (dataId: tf.DataId) => tensorInfo.get(dataId)?.bytes ?? 0;
  engine.trackTensor = (t, backend) => {
    const before = bytesOf(t.dataId);
    trackTensor.call(engine, t, backend);
    count.live += bytesOf(t.dataId) - before;
    count.peak = Math.max(count.peak, count.live);
  };
  engine.removeDataId = (dataId, backend) => {
    const before = bytesOf(dataId);
    removeDataId.call(engine, dataId, backend);
    count.live += bytesOf(dataId) - before;
  };
  try {
    return await f(count);
  } finally {
    Object.assign(engine, { trackTensor, removeDataId });
  }
}

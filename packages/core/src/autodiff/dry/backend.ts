import * as tf from '@tensorflow/tfjs-core';
import { refuse } from '../../errors';
import { convolutions } from './convolutions';
import { elementwise, onWasm } from './elementwise';
import { rearranging } from './rearranging';
import { reductions } from './reductions';
import type { Made, Rule } from './rule';
import { workOf } from './work';

const rules: Record<string, Rule> = { ...elementwise, ...reductions, ...rearranging, ...convolutions };

interface Entry {
  bytes: number;
  references: number;
}

/** A backend of tfjs that knows shapes and no numbers: what is run on it takes no memory, and as good as no time. */
export class DryBackend extends tf.KernelBackend {
  private readonly entries = new Map<object, Entry>();
  /** Bytes that would be held now, and the most that were. */
  live = 0;
  peak = 0;
  /** Multiplications and additions that would have been made. */
  work = 0;
  /** Kernels launched; reshapes and clones, which compute nothing, aside. */
  kernels = 0;
  /** Bytes held after each kernel, over the work until then. */
  course: [work: number, bytes: number][] = [];

  make(shape: readonly number[], dtype: tf.DataType): object {
    const dataId = {};
    const bytes = bytesOf(shape, dtype);
    this.entries.set(dataId, { bytes, references: 1 });
    this.live += bytes;
    this.peak = Math.max(this.peak, this.live);
    return dataId;
  }

  override write(_: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    return this.make(shape, dtype);
  }

  override incRef(dataId: object): void {
    const entry = this.entries.get(dataId);
    if (entry) entry.references++;
  }

  override refCount(dataId: object): number {
    return this.entries.get(dataId)?.references ?? 0;
  }

  override disposeData(dataId: object, force = false): boolean {
    const entry = this.entries.get(dataId);
    if (!entry) return true;
    if (--entry.references > 0 && !force) return false;
    this.entries.delete(dataId);
    this.live -= entry.bytes;
    return true;
  }

  override readSync(): never {
    const remedy = 'Only what does not look at its numbers can be planned.';
    return refuse('dryRun', 'shapes alone to be asked for', 'a tensor whose numbers are read', remedy);
  }
  override read(): Promise<never> {
    return Promise.resolve().then(() => this.readSync());
  }

  override numDataIds(): number {
    return this.entries.size;
  }
  override memory() {
    return { unreliable: false };
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override timerAvailable(): boolean {
    return false;
  }
  override dispose(): void {}
}

/** Kernels that give numbers another name. */
const names = new Set<string>([tf.Identity, tf.Reshape, tf.ExpandDims]);

const bytesOf = (shape: readonly number[], dtype: tf.DataType): number =>
  tf.util.sizeFromShape([...shape]) * tf.util.bytesPerElement(dtype);

/** Registers a kernel for every rule, on a backend that stands in for another one. */
export function registerRules(backendName: string, present: string): void {
  const own = present === 'wasm' ? { ...rules, ...onWasm } : rules;
  for (const [kernelName, rule] of Object.entries(own)) {
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) => {
        // Each rule knows the names and types of its inputs and attributes; tfjs has one type for all.
        const made = rule(inputs as never, (attrs ?? {}) as never);
        const dry = backend as DryBackend;
        const infos = [made].flat().map((one) => infoOf(one, dry));
        if (!names.has(kernelName)) dry.kernels++;
        dry.work += workOf(kernelName, inputs, infos);
        dry.course.push([dry.work, dry.live]);
        return Array.isArray(made) ? infos : (infos[0] ?? []);
      },
    });
  }
}

function infoOf({ shape, dtype = 'float32', like }: Made, backend: DryBackend): tf.TensorInfo {
  if (!like) return { dataId: backend.make(shape, dtype), shape: [...shape], dtype };
  // Weights are on the backend that they were made on, which counts who holds them.
  tf.engine().state.tensorInfo.get(like.dataId)?.backend.incRef(like.dataId);
  return { dataId: like.dataId, shape: [...shape], dtype };
}

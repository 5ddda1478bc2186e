import * as tf from '@tensorflow/tfjs';
import { randomWithin, several, type Within } from './random';

/** Beds that were laid down together, and folded. */
export interface Beds {
  /** Depth above which the next younger beds lie, at a trace; lengths are rows and traces. */
  top(trace: number): number;
  /** How much deeper every bed lies at a trace, and at that depth. */
  fold(trace: number, depth: number): number;
  /** Reflection coefficients within [−1, 1] by the depth of the bed before the fold. */
  reflectors: readonly { depth: number; coefficient: number }[];
}

export interface Fault {
  /** Where it is at depth 0, and how many traces further a row deeper. */
  trace: number;
  slope: number;
  /** Rows by which what lies right of it has sunk. */
  throw: number;
}

export interface Geology {
  /** From the oldest, at the bottom, to the youngest. */
  beds: readonly Beds[];
  faults: readonly Fault[];
}

/** The reflectivity of a section, [rows, traces]: every reflector is shared by the two rows next to it. */
export function render({ beds, faults }: Geology, [rows, traces]: readonly [number, number]): Float32Array {
  const section = new Float32Array(rows * traces);
  for (let p = 0; p < section.length; p++) {
    const [row, trace] = [Math.floor(p / traces), p % traces];
    const sunk = faults.filter((fault) => trace > fault.trace + fault.slope * row);
    const depth = sunk.reduce((sum, fault) => sum - fault.throw, row);
    const own = beds.find(({ top }) => depth >= top(trace)) ?? beds.at(-1);
    if (!own) continue;
    const place = depth - own.fold(trace, depth);
    for (const reflector of own.reflectors) {
      section[p] =
        (section[p] ?? 0) + reflector.coefficient * Math.max(0, 1 - Math.abs(place - reflector.depth));
    }
  }
  return section.map((v) => Math.min(1, Math.max(-1, v)));
}

/** Interfaces between beds of random thickness: weak ones are common, strong ones rare. */
export function reflectors(within: Within, [from, to]: readonly [number, number]): Beds['reflectors'] {
  const all: { depth: number; coefficient: number }[] = [];
  for (let depth = from; depth < to; depth += 1.5 + within(0, 1) ** 2 * 9) {
    const strength = 0.08 + 0.85 * within(0, 1) ** 2;
    all.push({ depth, coefficient: within(0, 1) < 0.5 ? -strength : strength });
  }
  return all;
}

/** Random layered sections, folded, faulted, some cut by an unconformity: [count, rows, traces, 1]. */
export function sections(count: number, shape: readonly [number, number], seed: number): tf.Tensor4D {
  const within = randomWithin(seed);
  const images = several(count, () => render(geology(within, shape), shape));
  return tf.tensor4d(Float32Array.from(images.flatMap((image) => [...image])), [count, ...shape, 1]);
}

function geology(within: Within, [rows, traces]: readonly [number, number]): Geology {
  const reach = [-rows, 2 * rows] as const;
  const beds = (top: Beds['top']): Beds => ({
    top,
    fold: fold(within, rows, traces),
    reflectors: reflectors(within, reach),
  });
  const [middle, tilt] = [within(0.2, 0.7) * rows, within(-0.3, 0.3)];
  const old = beds(within(0, 1) < 0.5 ? (trace) => middle + tilt * (trace - traces / 2) : () => -rows);
  const faults = several(Math.floor(within(0, 3)), () => ({
    trace: within(0, traces),
    slope: within(-0.7, 0.7),
    throw: within(-8, 8),
  }));
  return { beds: [old, beds(() => -rows)], faults };
}

/** A dip and two waves, which grow with depth or fade. */
function fold(within: Within, rows: number, traces: number): Beds['fold'] {
  const [dip, growth] = [within(-0.35, 0.35), within(-0.4, 0.4)];
  const waves = several(2, () => ({
    height: within(0, 4),
    length: traces * within(0.4, 2),
    phase: within(0, 2 * Math.PI),
  }));
  return (trace, depth) => {
    const x = trace - traces / 2;
    const bent = waves.reduce(
      (sum, { height, length, phase }) => sum + height * Math.sin((2 * Math.PI * x) / length + phase),
      0,
    );
    return (dip * x + bent) * (1 + growth * (depth / rows - 0.5));
  };
}

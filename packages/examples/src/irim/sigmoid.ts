import * as tf from '@tensorflow/tfjs';
import { randomWithin } from './random';
import { type Beds, type Fault, reflectors, render } from './sections';

/**
 * A synthetic section in the manner of the "sigmoid" model: level beds over an unconformity, over sigmoid beds that a fault cuts.
 * [1, rows, traces, 1], reflection coefficients within [−1, 1].   Claerbout & Fomel 2014, Image Estimation by Example, section 4.
 */
export function sigmoid([rows, traces]: readonly [number, number]): tf.Tensor4D {
  const within = randomWithin(2014);
  const reach = [-rows, 2 * rows] as const;
  const step = (t: number) => 1 / (1 + Math.exp(-t));
  const old: Beds = {
    top: (trace) => rows * (0.3 + (0.12 * trace) / traces),
    fold: (trace, depth) => rows * 0.3 * step((8 * trace) / traces - 3 - depth / rows) + 0.08 * trace,
    reflectors: reflectors(within, reach),
  };
  const young: Beds = {
    top: () => -rows,
    fold: (trace) => rows * 0.03 * Math.sin((5 * trace) / traces),
    reflectors: reflectors(within, reach),
  };
  const fault: Fault = { trace: traces * 0.45, slope: 0.35, throw: rows * 0.06 };
  return tf.tensor4d(render({ beds: [old, young], faults: [fault] }, [rows, traces]), [1, rows, traces, 1]);
}

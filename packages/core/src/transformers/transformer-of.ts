import { checkOptions, type Rule } from '../options';
import { fromSpec, isObject, type Spec } from '../registry';
import { affine, shift } from './affine';
import { type CircularShiftOptions, circularShift, circularShiftRules } from './circular-shift';
import {
  type RationalQuadraticOptions,
  rationalQuadratic,
  rationalQuadraticRules,
} from './rational-quadratic';
import { type ScaleOptions, scaleOf, scaleRules } from './scale';
import type { Transformer } from './transformer';

const kinds = {
  additive(options: object = {}): Transformer {
    checkOptions('additive', options, {});
    return shift;
  },
  affine(options: ScaleOptions = {}): Transformer {
    checkOptions('affine', options, scaleRules);
    return affine({ scale: scaleOf(options) });
  },
  spline(options: RationalQuadraticOptions = {}): Transformer {
    checkOptions('spline', options, rationalQuadraticRules);
    return rationalQuadratic(options);
  },
  circularShift(options: CircularShiftOptions = {}): Transformer {
    checkOptions('circularShift', options, circularShiftRules);
    return circularShift(options);
  },
};

export type TransformerKind = keyof typeof kinds;

/** A transformer as data: its name, or with options. */
export type TransformerSpec = TransformerKind | Spec<typeof kinds>;

export const transformerRule: Rule = {
  expected: `one of ${Object.keys(kinds).join(', ')}, or {kind: one of these, …its options}`,
  holds: (value) =>
    typeof value === 'string' ? Object.hasOwn(kinds, value) : isObject(value) && 'kind' in value,
};

/** The transformer that a spec describes. */
export const transformerOf = (spec: TransformerSpec): Transformer =>
  fromSpec<Transformer>('transformer', kinds, typeof spec === 'string' ? { kind: spec } : spec);

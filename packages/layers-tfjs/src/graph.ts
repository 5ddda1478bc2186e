import * as core from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { fromSamePass } from './log-dets';

type Symbolic = tfl.SymbolicTensor;
const claims = new WeakMap<Symbolic, { reads: number }>();

/**
 * Starts to count who takes a symbolic output.
 *
 * tf.layers does not tell a layer that a model has taken its output. But whoever connects to a symbolic tensor reads its
 * `nodeIndex`: a consuming layer once, a model that makes it one of its outputs at least twice.
 */
export function trackReaders(symbolic: Symbolic): void {
  const record = { reads: 0 };
  let { nodeIndex } = symbolic;
  Object.defineProperty(symbolic, 'nodeIndex', {
    configurable: true,
    enumerable: true,
    get() {
      record.reads++;
      return nodeIndex;
    },
    set(value: number) {
      nodeIndex = value;
    },
  });
  claims.set(symbolic, record);
}

/** Whether a layer rebuilds its input. Invertible layers alone have a `gradient`. */
export const isReversible = (layer: tfl.layers.Layer): boolean =>
  'gradient' in layer && layer.gradient === 'reversible';

/** Whether a layer alone reads its input, which a reversible layer made in this pass and can rebuild: then it may free it. */
export const isConsumable = (layer: tfl.layers.Layer, x: tf.Tensor, pass: object | undefined): boolean =>
  core.isTaping() && fromSamePass(x, pass) && retentionReason(layer) === null;

/** Why the edge from the layer before into this one may not be released; null when it provably may. */
export function retentionReason(layer: tfl.layers.Layer): string | null {
  const nodes = layer.inboundNodes;
  if (nodes.length !== 1) return `"${layer.name}" is applied ${nodes.length} times`;
  const [before] = nodes[0]!.inboundLayers;
  if (!before) return `"${layer.name}" has no layer before it`;
  if (!isReversible(before)) return `"${before.name}" is not invertible`;
  if (before.inboundNodes.length !== 1)
    return `"${before.name}" is applied ${before.inboundNodes.length} times`;
  const readers = before.outboundNodes.length;
  if (readers !== 1) return `the output of "${before.name}" is read by ${readers} layers`;
  const record = claims.get(nodes[0]!.inputTensors[0]!);
  if (!record || record.reads - readers > 1) return `the output of "${before.name}" is an output of a model`;
  return null;
}

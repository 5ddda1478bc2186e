import type * as tfl from '@tensorflow/tfjs-layers';

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

/** Why the edge from the layer before into this one may not be released; null when it provably may. */
export function retentionReason(
  layer: tfl.layers.Layer,
  isOurs: (layer: tfl.layers.Layer) => boolean,
): string | null {
  const nodes = layer.inboundNodes;
  if (nodes.length !== 1) return `"${layer.name}" is applied ${nodes.length} times`;
  const [before] = nodes[0]!.inboundLayers;
  if (!before) return `"${layer.name}" has no layer before it`;
  if (!isOurs(before)) return `"${before.name}" is not invertible`;
  if (before.inboundNodes.length !== 1)
    return `"${before.name}" is applied ${before.inboundNodes.length} times`;
  const readers = before.outboundNodes.length;
  if (readers !== 1) return `the output of "${before.name}" is read by ${readers} layers`;
  const record = claims.get(nodes[0]!.inputTensors[0]!);
  if (!record || record.reads - readers > 1) return `the output of "${before.name}" is an output of a model`;
  return null;
}

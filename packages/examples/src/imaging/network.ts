import * as core from '@invertible/core';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';
import { guideOf, type Recorded } from './survey';

export const networks = ['glow', 'hint'] as const;

export interface NetworkOptions {
  network: (typeof networks)[number];
  size: number;
  /** Couplings at each of the two scales. */
  depth: number;
  hidden: number;
  /** Channels of the summary at full resolution. */
  width: number;
  seed: number;
}

/** Channels of the summary. HINT wants as many as the image has. */
const features = { glow: 2, hint: 1 };

/**
 * What a network makes of traces, mask and guide: a U-Net of all three, whose first channel corrects the guide.
 *
 *     s(c) = unet(c) + [guide | 0]
 */
function guided(width: number, out: number): core.SummaryNetwork {
  const unet = core.summaryNetwork({ kind: 'uNet', hidden: width, levels: 2 }, out);
  const forward = (c: tf.Tensor, w: core.Weights) => {
    const rest: [number, number][] = [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, out - 1],
    ];
    return tf.add(unet.forward(c, w), tf.pad(guideOf(c as tf.Tensor4D), rest));
  };
  return core.summaryNetwork(core.taped({ weights: (shape) => unet.weights(shape), forward }), out);
}

/** A network whose only output is one image: trained by the squared error, the best single answer. */
export interface PointEstimate {
  variables: Record<string, tf.Variable>;
  of(condition: tf.Tensor4D): tf.Tensor4D;
}

export function pointEstimate({
  size,
  width,
  seed,
}: Pick<NetworkOptions, 'size' | 'width' | 'seed'>): PointEstimate {
  const net = guided(width, 1);
  const variables = tf.tidy(() => {
    const weights = core.createWeights(net, [1, size, size, 3], { seed });
    return Object.fromEntries(Object.entries(weights).map(([name, t]) => [name, tf.variable(t)]));
  });
  return { variables, of: (condition) => tf.tidy(() => net.forward(condition, variables) as tf.Tensor4D) };
}

/** The width at which a point estimate has so many weights, or just more. */
export function widthFor(weights: number, size: number): number {
  const count = (width: number) =>
    guided(width, 1)
      .weights([1, size, size, 3])
      .reduce((sum, { shape }) => sum + tf.util.sizeFromShape([...shape]), 0);
  let width = 1;
  while (count(width) < weights) width++;
  return width;
}

/**
 * p(image | traces): a conditional flow of two scales, told what a summary network makes of the traces. Both are trained together;
 * the first batch sets what it sets.
 */
export function posteriorFlow(
  { network, size, depth, hidden, width, seed }: NetworkOptions,
  first: Recorded,
): inn.Flow {
  const options = { shape: [size, size, 1], steps: depth, hidden, seed };
  const flows = {
    glow: () => core.conditionalGlow({ ...options, conditionNorm: 'none' }),
    hint: () => core.multiscaleConditionalHint({ ...options, lane: 'x' }),
  };
  const flow = inn.flow({
    bijection: core.embedCondition(flows[network](), guided(width, features[network])),
    shape: options.shape,
    condition: [size, size, 3],
    seed,
  });
  tf.dispose(nats(flow, first));
  return flow;
}

/** The weights of a flow that learn, by name. */
export const trainable = (flow: inn.Flow): Record<string, tf.Variable> =>
  Object.fromEntries(
    Object.entries(flow.weights()).flatMap(([name, w]) =>
      w instanceof tf.Variable && w.trainable ? [[name, w]] : [],
    ),
  );

/** The mean of −log p(image | traces) in training. */
export const nats = ({ model }: inn.Flow, { x, condition }: Recorded): tf.Scalar =>
  tf.tidy(() => tf.mean([model.apply([x, condition], { training: true })].flat()[0] as tf.Tensor));

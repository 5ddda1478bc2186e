import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { optimizerRule } from '../check';
import type { InvertibleLayer } from '../invertible-layer';
import { intercept } from '../tfjs-internals';
import { type Guards, guardRules } from '../training/guards';
import { underGuard } from '../training/under-guard';
import { datasetRules, type FlowFitArgs, type FlowFitDatasetArgs, fitRules, type Given } from './args';
import { checkSamples } from './check';
import { type Condition, type ConditionPart, conditionRule, conditionsFor, listed } from './condition';

/** What a flow must have to be trained. */
export interface Trainable {
  model: tfl.LayersModel;
  layer: InvertibleLayer;
  /** Of one sample. */
  shape: readonly number[];
  readonly conditions: readonly ConditionPart[];
}

/** Trains a compiled flow by maximum likelihood, each sample with its weight, under guards. */
export async function fitFlow(flow: Trainable, x: tf.Tensor, options: FlowFitArgs): Promise<tfl.History> {
  core.checkOptions('flow.fit', options, fitRules);
  const { condition, validationData, sampleWeight, guards, callbacks, ...args } = options;
  const made: tf.Tensor[] = [];
  const owned = <T extends tf.Tensor>(t: T): T => {
    made.push(t);
    return t;
  };
  const inputs = (of: tf.Tensor, given: Condition | undefined) => {
    const { all, repeated } = inputsOf(flow, 'flow.fit', of, given);
    made.push(...repeated);
    return all;
  };
  const [vx, vc] = Array.isArray(validationData) ? validationData : [validationData];
  let release = () => {};
  try {
    const from = inputs(x, condition);
    const targets = owned(sampleWeight ? weightsOf(x, sampleWeight) : tf.zeros([x.shape[0] ?? 0, 1]));
    const validation = vx && [inputs(vx, vc), owned(tf.ones([vx.shape[0] ?? 0, 1]))];
    if (sampleWeight) release = intercept(flow.model, weighing);
    const { model, layer } = flow;
    const watched = { model, layer, shape: x.shape.slice(1) };
    return await guarded(watched, { guards, callbacks, yieldEvery: args.yieldEvery }, (all) =>
      flow.model.fit(from, targets, {
        ...args,
        callbacks: all,
        ...(validation && { validationData: validation as never }), // its type has no lists
      }),
    );
  } finally {
    release();
    tf.dispose(made);
  }
}

/** The inputs of the model of a flow; conditions that were repeated are the caller's to free. */
function inputsOf(flow: Trainable, where: string, x: tf.Tensor, given: Condition | undefined) {
  const n = checkSamples(where, x, flow.shape);
  const conditions = conditionsFor(flow.conditions, n, given);
  const theirs = new Set(listed(flow.conditions, given));
  const all = conditions.length > 0 ? [x, ...conditions] : x;
  return { all, repeated: conditions.filter((c) => !theirs.has(c)) };
}

/** The targets of a likelihood are the weights of its samples. */
const weighing = {
  loss: (_: unknown, weight: tf.Tensor, nll: tf.Tensor) => tf.mean(tf.mul(weight, nll)),
  update: (make: () => void) => make(),
};

function weightsOf(x: tf.Tensor, weight: tf.Tensor): tf.Tensor {
  const n = x.shape[0] ?? 0;
  if (weight.size !== n || weight.rank === 0) {
    core.refuse(
      'flow.fit',
      `a sampleWeight of shape [${n}]`,
      weight,
      'Give one number for each sample of x.',
    );
  }
  return tf.tidy(() => tf.cast(tf.reshape(weight, [n, 1]), 'float32'));
}

type Callbacks = NonNullable<tfl.ModelFitArgs['callbacks']>;

interface Watching {
  guards: Guards | false | undefined;
  callbacks: Callbacks | undefined;
  yieldEvery: tfl.ModelFitArgs['yieldEvery'];
}

/** Runs a training with the guards that are on, beside the user's callbacks. */
export async function guarded(
  { model, layer, shape }: Pick<Trainable, 'model' | 'layer' | 'shape'>,
  { guards = {}, callbacks = {}, yieldEvery = 'auto' }: Watching,
  train: (callbacks: Callbacks) => Promise<tfl.History>,
): Promise<tfl.History> {
  if (guards === false) return train(callbacks);
  core.checkOptions('guards', guards, guardRules);
  const dims = tf.util.sizeFromShape([...shape]);
  // tf.layers takes plain objects for callbacks where the first is one; those that are made of them yield to others now and then.
  const given = [callbacks].flat() as (tfl.CustomCallbackArgs | tfl.Callback)[];
  const own = given.map((one) => ('setModel' in one ? one : new tfl.CustomCallback(one, yieldEvery)));
  return underGuard({ model, layer, dims }, guards, (guard) => train([...own, guard] as tfl.Callback[]));
}

/** The mean negative log-likelihood of x, in nats per sample. */
export async function evaluateFlow(
  flow: Trainable,
  x: tf.Tensor,
  options: Given & { batchSize?: number },
): Promise<number> {
  core.checkOptions('flow.evaluate', options, {
    condition: conditionRule,
    batchSize: core.rules.whole(),
  });
  const { condition, ...args } = options;
  const { all, repeated } = inputsOf(flow, 'flow.evaluate', x, condition);
  const targets = tf.zeros([x.shape[0] ?? 0, 1]);
  const [loss = targets] = [flow.model.evaluate(all, targets, args)].flat();
  const [value = Number.NaN] = await loss.data();
  tf.dispose([loss, targets, repeated]);
  return value;
}

export type Dataset = Parameters<tfl.LayersModel['fitDataset']>[0];

/** Trains a compiled flow on a dataset, under guards. */
export async function fitFlowDataset(
  flow: Trainable,
  dataset: Dataset,
  options: FlowFitDatasetArgs,
): Promise<tfl.History> {
  core.rules.checkValue('flow.fitDataset', 'dataset', dataset, {
    ...core.rules.having('iterator'),
    expected: 'a dataset',
    required: true,
  });
  core.checkOptions('flow.fitDataset', options, datasetRules);
  const { guards, ...args } = options;
  const { callbacks, yieldEvery } = args;
  return guarded(flow, { guards, callbacks, yieldEvery }, (all) =>
    flow.model.fitDataset(dataset, { ...args, ...(all && { callbacks: all }) }),
  );
}

const optimizers = ['sgd', 'adam', 'adamax', 'adagrad', 'rmsprop', 'adadelta'];

/** Refuses what is no optimizer, nor the name of one. */
export function checkCompile(options: { optimizer: tf.Optimizer | string }): void {
  const optimizer = {
    expected: `an optimizer, or one of ${optimizers.join(', ')}`,
    holds: (value: unknown) => optimizerRule.holds(value) || optimizers.some((name) => name === value),
  };
  core.checkOptions('flow.compile', options, { optimizer: core.rules.required(optimizer) });
}

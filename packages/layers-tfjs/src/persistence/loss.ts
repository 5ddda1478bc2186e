import { refuse } from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { InvertibleLikelihood, nll } from '../likelihood';
import { trainingConfigOf } from '../tfjs-internals';
import { isObject } from './json';

/** A training config that also says when the loss is ours: tf.layers writes names of its own losses only, and reads no other. */
type NamedLoss = tf.io.TrainingConfig & { invertible_loss?: unknown };
const name = 'nll';

/** The training config of a model, which says `nll` where that is the loss. A loss that no file can name is refused. */
export function trainingConfigFor(model: tfl.LayersModel): NamedLoss {
  if (model.loss === nll) return { ...trainingConfigOf(model), invertible_loss: name };
  const losses = isObject(model.loss) ? Object.values(model.loss) : [model.loss].flat();
  if (losses.some((loss) => typeof loss !== 'string'))
    refuse(
      `model "${model.name}"`,
      'loss: inn.nll, or the name of a loss of tf.layers',
      'another function, which no file can name',
      'Save it without includeOptimizer, or by saveCheckpoint, and compile it again after loading.',
    );
  return trainingConfigOf(model);
}

/** Stands in for a loss that tf.layers cannot read, until the model is compiled with ours. */
const standIn = 'mean_squared_error';

/**
 * Compiles a model from a training config, with the loss that tf.layers does not read: `nll` where the config says so, or where it
 * says nothing and the model ends in a likelihood head. The latter is reported: another loss may be meant.
 */
export function compileFrom(where: string, model: tfl.LayersModel, config: NamedLoss): void {
  const isNamed = config.invertible_loss === name;
  const isLost = isObject(config.loss) && Object.keys(config.loss).length === 0;
  const isFlow = endsOf(model).every((layer) => layer instanceof InvertibleLikelihood);
  if (isLost && !isNamed) {
    const found = isFlow
      ? 'inn.nll is taken, since it ends in a likelihood head'
      : 'compile it again to train it';
    console.warn(`${where}: the file does not say by which loss the model was trained; ${found}.`);
  }
  const isOurs = isNamed || (isLost && isFlow);
  // What tf.layers makes of a training config is for it to check; its type is of honest ones.
  model.loadTrainingConfig({ ...config, ...(isOurs && { loss: standIn }) } as never);
  if (isOurs) model.compile({ optimizer: model.optimizer, loss: nll, metrics: model.metrics });
}

const endsOf = (model: tfl.LayersModel): tfl.layers.Layer[] =>
  model instanceof tfl.Sequential ? model.layers.slice(-1) : model.outputLayers;

import { refuse } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { fileHandler, isFile, readModel } from './file-handler';
import { sealed } from './seal';

/** Where a model goes to or comes from: `file://folder` in Node, what tfjs knows of (indexeddb://, https://, …), or a handler. */
export type Place = string | tf.io.IOHandler;

/** Saves with a digest of everything. */
export function saveHandler(to: Place): Required<Pick<tf.io.IOHandler, 'save'>> {
  if (typeof to === 'string' && isFile(to)) return fileHandler(to);
  const handler = typeof to === 'string' ? tf.io.getSaveHandlers(to)[0] : to;
  const save = handler?.save?.bind(handler) ?? missing(to);
  return { save: async (artifacts) => save(await sealed(artifacts)) };
}

/** Loads what nobody has checked. */
export function loadHandler(from: Place): Required<Pick<tf.io.IOHandler, 'load'>> {
  if (typeof from === 'string' && isFile(from)) return { load: () => readModel(from) };
  const handler = typeof from === 'string' ? tf.io.getLoadHandlers(from)[0] : from;
  return { load: handler?.load?.bind(handler) ?? missing(from) };
}

export const nameOf = (place: Place): string => (typeof place === 'string' ? place : 'model');

const missing = (place: Place): never => {
  refuse(
    nameOf(place),
    'a place that tfjs knows',
    'another',
    'Use file:// in Node; indexeddb://, localstorage:// or downloads:// in browsers; or give an IOHandler.',
  );
};

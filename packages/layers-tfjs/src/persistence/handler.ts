import { refuse } from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { fileHandler, isFile } from './file-handler';

/** Where a model goes to or comes from: `file://folder` in Node, what tfjs knows of (indexeddb://, https://, …), or a handler. */
export type Place = string | tf.io.IOHandler;

export function saveHandler(to: Place): Required<Pick<tf.io.IOHandler, 'save'>> {
  const handler = typeof to !== 'string' ? to : isFile(to) ? fileHandler(to) : tf.io.getSaveHandlers(to)[0];
  return handler?.save ? { save: (artifacts) => handler.save!(artifacts) } : missing(to);
}

export function loadHandler(from: Place): Required<Pick<tf.io.IOHandler, 'load'>> {
  const handler =
    typeof from !== 'string' ? from : isFile(from) ? fileHandler(from) : tf.io.getLoadHandlers(from)[0];
  return handler?.load ? { load: () => handler.load!() } : missing(from);
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

import * as core from '@invertible/core';
import * as testing from '@invertible/core/testing';
import * as inn from '@invertible/layers-tfjs';
import * as tf from '@tensorflow/tfjs';

/** The libraries that a measurement runs on, of this checkout or of another one: tfjs keeps one engine for each thread. */
export interface Libraries {
  tf: typeof tf;
  core: typeof core;
  testing: typeof testing;
  inn: typeof inn;
}

export const present: Libraries = { tf, core, testing, inn };

import { enableProdMode } from '@tensorflow/tfjs-core';

/** All that this mode does is to keep tfjs from greeting on the console. */
enableProdMode();

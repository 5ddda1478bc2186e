import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Collects what nobody refers to, so that the heap shows what stays; whatever flags Node was started with. */
export const collectGarbage: () => void = runInNewContext('gc');

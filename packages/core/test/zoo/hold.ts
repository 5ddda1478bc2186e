import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import { registerKernels } from '@invertible/core';
import { type LawName, laws } from '@invertible/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { type Case, nameOf } from './case';

/** Tests each law of each case on a backend. */
export function hold(backend: 'cpu' | 'wasm', cases: readonly Case<LawName>[]): void {
  describe(backend, () => {
    beforeAll(async () => {
      registerKernels();
      await tf.setBackend(backend);
    });

    describe.each(cases.map((at): [string, Case<LawName>] => [nameOf(at), at]))('%s', (_, at) => {
      test.each(at.laws.map((name): [string, LawName] => [laws[name].title, name]))('%s', async (_, name) => {
        expect(await at.broken(name)).toEqual([]);
      });
    });
  });
}

/** Determinants are about mathematics: one backend is enough for the large ones, and cpu is the slow one. */
export const onCpu = (cases: readonly Case<LawName>[]): Case<LawName>[] =>
  cases.map((at) => ({ ...at, laws: at.laws.filter((name) => name !== 'logDet' || at.axes === 0) }));

/** Kinds that evaluate their network up to hundreds of times a law: their convolutions take cpu minutes, and wasm is asked about those. */
export const iterated = (cases: readonly Case<LawName>[]): Case<LawName>[] =>
  cases.filter(({ axes }) => axes === 0);

import type { Bijection } from '../bijection';
import { defineBijection } from '../define';
import { biased } from '../engines/biased';
import { linear } from '../engines/linear';
import { permuting } from '../engines/permuting';
import { forChannels } from '../engines/sources';
import { refuse } from '../errors';
import { dense } from '../matrices/dense';
import { exponential } from '../matrices/exponential';
import { cyclic, householder } from '../matrices/householder';
import { lu } from '../matrices/lu';
import { qr } from '../matrices/qr';
import { flag, listedOrder, listOf, oneOf, seed, whole } from '../options';
import { randomOrder } from '../random';

export type Conv1x1Kind = 'householder' | 'lu' | 'qr' | 'exponential' | 'dense' | 'permutation' | 'reverse';

export interface Conv1x1Options {
  /** Parametrisation of the matrix. Default 'householder'. */
  kind?: Conv1x1Kind;
  /** Of 'householder': number of reflections, default 3. Of 'qr': default as many as channels. Never more than channels. */
  reflections?: number;
  /** Of 'householder': 'random', or 'permutation', a random cycle of all channels. Of 'exponential': 'random' or 'identity'. Default 'random'. */
  start?: 'random' | 'permutation' | 'identity';
  /** Seed of a draw that stays fixed: the permutation of 'lu' and of 'permutation'. Default 0. */
  seed?: number;
  /** Of 'lu': its permutation, 0 … n−1 in any order, instead of a random one: row i of P is row order[i] of the identity. */
  order?: readonly number[];
  /** Of 'lu': signs of the diagonal, 1 or −1 for each channel. Default: all 1. */
  signs?: readonly number[];
  /** Of 'lu' and 'dense': add a number to each channel afterwards, y = x W + b. Default false. */
  bias?: boolean;
  /** No optimizer moves the weights. Default false. */
  freeze?: boolean;
}

interface Kind {
  /** The options it has besides kind and seed, which every kind takes. */
  takes: readonly (keyof Conv1x1Options)[];
  starts?: readonly string[];
  make(options: Conv1x1Options): Bijection;
}

const name = 'conv1x1';
const atMost = (k: number | undefined) => (n: number) => Math.min(k ?? n, n);

/** The reflections of a cycle of n channels. */
function cycle(n: number): number {
  if (n > 1) return n - 1;
  const remedy = 'Leave the layer out: one channel has nothing to change places with.';
  return refuse(name, "more than one channel for start 'permutation'", `${n} channel`, remedy);
}

const kinds: Record<Conv1x1Kind, Kind> = {
  householder: {
    takes: ['reflections', 'start', 'freeze'],
    starts: ['random', 'permutation'],
    make: ({ reflections = 3, start }) =>
      linear(name, start === 'permutation' ? householder(cycle, cyclic) : householder(atMost(reflections))),
  },
  lu: {
    takes: ['order', 'signs', 'bias', 'freeze'],
    make: ({ seed = 0, order, signs }) =>
      forChannels(
        linear(name, lu({ seed, order, signs })),
        [order, signs].flatMap((list) => (list ? [list] : [])),
      ),
  },
  dense: { takes: ['bias', 'freeze'], make: () => linear(name, dense) },
  qr: {
    takes: ['reflections', 'freeze'],
    make: ({ reflections }) => linear(name, qr(atMost(reflections))),
  },
  exponential: {
    takes: ['start', 'freeze'],
    starts: ['random', 'identity'],
    make: ({ start }) => linear(name, exponential({ start: start === 'identity' ? start : 'random' })),
  },
  permutation: { takes: [], make: ({ seed = 0 }) => permuting(name, (n) => randomOrder(n, seed)) },
  reverse: {
    takes: [],
    make: () => permuting(name, (n) => Array.from({ length: n }, (_, i) => n - 1 - i)),
  },
};

/**
 * Invertible 1×1 convolution: every pixel's channels are mixed by one matrix.
 *
 *     y = x W      log|det J| = P·log|det W|, P pixels      x = y W⁻¹
 *
 *     householder   W = H₁ H₂ … H_k, H = I − 2 v vᵀ/vᵀv      orthogonal, log|det W| = 0      Putzky & Welling 2019, arXiv:1911.10914
 *     lu            W = P L (N + diag(σ eˡ))                 log|det W| = Σ l                Kingma & Dhariwal 2018, arXiv:1807.03039, eq. 10
 *     qr            W = H₁ … H_k (N + diag(eˡ))              log|det W| = Σ l                Hoogeboom et al. 2019, arXiv:1901.11137
 *     exponential   W = exp(A), A skew                       a rotation, log|det W| = 0      Etmann et al. 2020, arXiv:2005.05220, section 3
 *     dense         W itself                                 by elimination
 *     permutation   W = P, random and fixed                  log|det W| = 0
 *     reverse       the order of the channels is reversed    log|det W| = 0                  Dinh et al. 2017, arXiv:1605.08803, section 3.5
 *
 * x: [batch, …spatial, channels].
 */
export const conv1x1 = defineBijection(
  {
    className: 'InvertibleConv1x1',
    source: 'Kingma & Dhariwal 2018, 3.2',
    logDet: 'P·log|det W|',
    seeded: true,
    options: {
      kind: oneOf(...Object.keys(kinds)),
      reflections: whole(),
      start: oneOf('random', 'permutation', 'identity'),
      order: { ...listedOrder, remedy: 'Leave it out for a random one.' },
      signs: listOf({ expected: '1 or −1', holds: (value) => value === 1 || value === -1 }, 1),
      bias: flag,
      seed,
      freeze: flag,
    },
  },
  (options: Conv1x1Options): Bijection => {
    const { kind = 'householder', bias = false, freeze = false } = options;
    checkTogether(kind, options);
    const unbiased = kinds[kind].make(options);
    const b = bias ? biased(unbiased) : unbiased;
    if (!freeze) return b;
    return { ...b, weights: (shape) => b.weights(shape).map((spec) => ({ ...spec, trainable: false })) };
  },
);

/** Refuses options that do not go together. */
function checkTogether(kind: Conv1x1Kind, options: Conv1x1Options): void {
  const { takes, starts } = kinds[kind];
  const allowed: readonly string[] = ['kind', 'seed', ...takes];
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined || allowed.includes(option)) continue;
    const remedy = 'Leave it out, or choose another kind.';
    refuse(name, `for kind '${kind}' no options but ${allowed.join(', ')}`, option, remedy);
  }
  const { start, reflections } = options;
  if (start !== undefined && !starts?.includes(start)) {
    refuse(name, `start to be one of ${starts?.join(', ')}`, start, "Leave it out for 'random'.");
  }
  if (start === 'permutation' && reflections !== undefined) {
    const remedy = 'A cycle of n channels takes n − 1 of them.';
    refuse(name, "no reflections with start 'permutation'", reflections, remedy);
  }
}

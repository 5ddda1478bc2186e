import { type Bijection, channels, type Shape } from '../bijection';
import { identity } from '../bijections/identity';
import { flatten } from '../bijections/reshape';
import { chain } from '../combinators/chain';
import { pairSplit } from '../combinators/pair-split';
import { pairwise } from '../combinators/pairwise';
import { prepared } from '../combinators/prepared';
import { type SplitOptions, split } from '../combinators/split';
import { checkCounts } from '../conditioners/check';
import { refuse, show } from '../errors';
import { type Squeezing, squeezing } from './squeezing';

export interface MultiscaleOptions {
  /** Shape of one sample, batch left out, such as [28, 28, 1]. A network without splits need not know it. */
  shape?: Shape;
  /** Number of scales. Default 2; 1 for vectors. */
  scales?: number;
  /** How each scale begins. Vectors are not squeezed. Default 'checkerboard'. */
  squeeze?: Squeezing;
  /** Half of the channels leave after each scale but the last, and the latent is a vector. Default true. */
  split?: boolean;
}

/** What a multi-scale network is made of. */
export interface Scales {
  /** The maps at one scale, which keep the shape. */
  steps(scale: number): Bijection;
  /** What those that leave a scale are told by those that go on, the first `kept` channels. Default: nothing. */
  prior?(kept: number): Bijection;
  /** The condition is squeezed along. Default false. */
  conditional?: boolean;
  /** x is a pair of lanes, each squeezed, split and flattened by itself; `shape` is that of one. Default false. */
  pair?: boolean;
}

/**
 * The multi-scale architecture.
 *
 *     h = steps(squeeze(x))      z = [next(h₁), prior(h₂; h₁)], flattened      at the last scale z = h
 *
 * Dinh et al. 2017, arXiv:1605.08803, section 3.6.
 */
export function multiscale(
  where: string,
  {
    shape,
    scales = shape?.length === 1 ? 1 : 2,
    squeeze = 'checkerboard',
    split: splits = true,
  }: MultiscaleOptions,
  { steps, prior, conditional = false, pair = false }: Scales,
): Bijection {
  checkCounts(where, { scales });
  const down = squeezing(squeeze);
  const each = (b: Bijection) => (pair ? pairwise(b) : b);
  const leave = pair ? pairSplit : split;
  if (shape) checkFits(where, shape, squeeze === 'none' ? 1 : 2 ** scales);
  else if (splits) {
    refuse(
      where,
      'option shape, that of one sample, since the network has splits',
      'none',
      'As in shape: [28, 28, 1], or say split: false.',
    );
  }

  const from = (scale: number, outer: Shape | undefined): Bijection => {
    const inner = outer && down.outputShape([1, ...outer]).slice(1);
    if (inner) checkChannels(where, inner, scale);
    const parts: Record<string, Bijection> = { squeeze: each(down), steps: steps(scale) };
    if (scale < scales - 1) Object.assign(parts, rest(scale + 1, inner));
    else if (splits) parts.rest = each(flatten({ from: inner! }));
    const all = chain(Object.values(parts), { keys: Object.keys(parts) });
    return conditional && down !== identity ? prepared(all, down, 'condition') : all;
  };
  const rest = (scale: number, inner: Shape | undefined): Record<string, Bijection> => {
    if (!splits) return { rest: from(scale, inner) };
    const keep = Math.ceil(channels(inner!) / 2);
    const options: SplitOptions = { shape: inner!, keep };
    return {
      ...(prior && { prior: prior(keep) }),
      rest: leave(options, from(scale, [...inner!.slice(0, -1), keep])),
    };
  };
  return { ...from(0, shape), name: where };
}

/** The shape of a sample, which only x can tell. */
export function complete<Options extends { shape?: Shape }>(options: Options, shape: Shape): Options {
  return { ...options, shape: shape.slice(1) };
}

function checkFits(where: string, shape: Shape, multiple: number): void {
  const space = shape.slice(0, -1);
  const sizes = [...space, channels(shape)];
  const whole = sizes.length <= 4 && sizes.every((n) => Number.isInteger(n) && n > 0);
  if (whole && space.every((n) => n % multiple === 0)) return;
  refuse(
    where,
    whole
      ? `spatial sizes that ${multiple} divides, half for each scale`
      : 'shape to be […0 to 3 spatial axes, channels] of one sample',
    show(shape),
    whole
      ? `Take fewer scales, or pad({multiple: ${multiple}}) first.`
      : 'As in [28, 28, 1], without the batch.',
  );
}

function checkChannels(where: string, inner: Shape, scale: number): void {
  if (channels(inner) > 1) return;
  refuse(
    where,
    'at least 2 channels at every scale',
    `shape ${show(inner)} at scale ${scale + 1}`,
    'Take fewer scales, or squeeze.',
  );
}

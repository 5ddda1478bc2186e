import type { Bijection, Shape } from '../bijection';
import { flatten } from '../bijections/flatten';
import { identity } from '../bijections/identity';
import { checkSeveral } from '../check';
import { chain } from '../combinators/chain';
import { embedCondition } from '../combinators/embed-condition';
import { pairSplit } from '../combinators/pair-split';
import { pairwise } from '../combinators/pairwise';
import { type SplitOptions, split } from '../combinators/split';
import { bodyOf } from '../edge';
import { refuse, show } from '../errors';
import { flag, type Rules, sampleShape, whole } from '../options';
import { channels, withChannels } from '../tensors/channels';
import { type Squeezing, squeezing, squeezingRule } from './squeezing';

export interface MultiscaleOptions {
  /** Shape of one sample, batch left out, such as [28, 28, 1]. A network without splits need not know it. */
  shape?: Shape | undefined;
  /** Number of scales. Default 2; 1 for vectors. */
  scales?: number | undefined;
  /** How each scale begins. Vectors are not squeezed. Default 'checkerboard'. */
  squeeze?: Squeezing | undefined;
  /** Half of the channels leave after each scale but the last, and the latent is a vector. Default true. */
  split?: boolean | undefined;
}

export const multiscaleRules: Rules<MultiscaleOptions> = {
  shape: sampleShape,
  scales: whole(1, 30),
  squeeze: squeezingRule,
  split: flag,
};

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
  name: string,
  {
    shape,
    scales = shape?.length === 1 ? 1 : 2,
    squeeze = 'checkerboard',
    split: splits = true,
  }: MultiscaleOptions,
  { steps, prior, conditional = false, pair = false }: Scales,
): Bijection {
  const down = squeezing(squeeze);
  const each = (b: Bijection) => (pair ? pairwise(b) : b);
  const leave = (options: SplitOptions, b: Bijection) =>
    pair ? pairSplit(options, bodyOf(b)) : split(options, b);
  if (shape) checkFits(name, shape, squeeze === 'none' ? 1 : 2 ** scales);

  /** The blocks of a scale, for a shape where there are splits. */
  const composed = (blocks: Record<string, Bijection>) => {
    const all = chain(Object.values(blocks), { keys: Object.keys(blocks) });
    return conditional && down !== identity ? embedCondition(all, down, 'condition') : all;
  };
  const whole = (scale: number): Bijection =>
    composed({
      squeeze: each(down),
      steps: steps(scale),
      ...(scale < scales - 1 && { rest: whole(scale + 1) }),
    });
  const divided = (scale: number, outer: Shape): Bijection => {
    const inner = down.outputShape([1, ...outer]).slice(1);
    checkChannels(name, inner, scale);
    const blocks = { squeeze: each(down), steps: steps(scale) };
    if (scale === scales - 1) return composed({ ...blocks, rest: each(flatten({ from: inner })) });
    const keep = Math.ceil(channels(inner) / 2);
    const next = divided(scale + 1, withChannels(inner, keep));
    const rest = leave({ shape: inner, keep }, next);
    return composed({ ...blocks, ...(prior && { prior: prior(keep) }), rest });
  };
  if (!splits) return whole(0);
  if (shape) return divided(0, shape);
  const remedy = 'As in shape: [28, 28, 1], or say split: false.';
  return refuse(name, 'option shape, that of one sample, since the network has splits', 'none', remedy);
}

/** The shape of a sample, which only x can tell. */
export const ofSample = <Options extends { shape?: Shape | undefined }>(
  options: Options,
  shape: Shape,
): Options => ({ ...options, shape: shape.slice(1) });

function checkFits(name: string, shape: Shape, multiple: number): void {
  if (shape.slice(0, -1).every((n) => n % multiple === 0)) return;
  const remedy = 'Take fewer scales, or crop or resize the images first.';
  refuse(name, `spatial sizes that ${multiple} divides, half for each scale`, show(shape), remedy);
}

function checkChannels(name: string, inner: Shape, scale: number): void {
  if (channels(inner) > 1) return;
  if (scale === 0 && inner.length === 1) checkSeveral(name, channels(inner));
  const got = `shape ${show(inner)} at scale ${scale + 1}`;
  refuse(name, 'at least 2 channels at every scale', got, 'Take fewer scales, or squeeze.');
}

import { type Bijection, channels, type Shape } from '../bijection';
import { refuse, show } from '../errors';
import { joinChannels, splitChannels } from '../tensors/channels';
import { throughDivision } from './division';

export interface OnPartOptions {
  /** Number of channels that the bijection gets. */
  count: number;
  /** Which: the first or the last. Default 'first'. */
  which?: 'first' | 'last';
}

/** A bijection, which keeps the shape, of the first or the last channels; the others pass by. */
export function onPart(b: Bijection, { count, which = 'first' }: OnPartOptions): Bijection {
  const name = `onChannels(${b.name})`;
  const rest = (shape: Shape) => {
    const n = channels(shape) - count;
    if (n < 1 || !Number.isInteger(count) || count < 1) {
      refuse(
        name,
        `more than ${count} channels`,
        `shape ${show(shape)}`,
        'Use the bijection itself on all channels.',
      );
    }
    return n;
  };
  const first = which === 'first';
  const cut = (t: Parameters<typeof splitChannels>[0]): [typeof t, typeof t] => {
    const n = rest(t.shape);
    const [a, z] = splitChannels(t, first ? [count, n] : [n, count]) as [typeof t, typeof t];
    return first ? [a, z] : [z, a];
  };
  const join = (part: Parameters<typeof splitChannels>[0], other: typeof part) =>
    joinChannels(first ? [part, other] : [other, part]);
  const shapes = (shape: Shape) => {
    rest(shape);
    return { part: [...shape.slice(0, -1), count], output: [...shape] };
  };
  return throughDivision(name, b, {
    shapes,
    inputShape: (shape) => shapes(shape).output,
    cutInput: cut,
    joinInput: join,
    cutOutput: cut,
    joinOutput: join,
  });
}

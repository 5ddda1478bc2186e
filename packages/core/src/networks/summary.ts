import type { Bijection, Member, Shape } from '../bijection';
import { checkBijection } from '../check';
import { show } from '../errors';
import { anyShape, checkOptions, checkValue, either, oneOf, whole } from '../options';
import { sizeOf } from '../tensors/channels';

export interface SummaryOptions {
  /** Shape of the condition, batch first. */
  condition?: Shape;
  /** How deep members of members are shown. Default: all of them. */
  depth?: number;
}

/**
 * A table of a bijection's members, members of members below them: the shape that leaves each, and how many weights it has.
 *
 * shape: that of x, batch first. Weights that members share count once in the sum, which is the first line.
 *
 * ```ts
 * const text = core.summary(core.glow({ shape: [8, 8, 1], steps: 2 }), [1, 8, 8, 1], { depth: 3 });
 * ```
 */
export function summary(bijection: Bijection, shape: Shape, options: SummaryOptions = {}): string {
  checkBijection('summary', bijection);
  checkValue('summary', 'shape', shape, anyShape);
  checkOptions('summary', options, { condition: anyShape, depth: either(whole(0), oneOf(Infinity)) });
  const { condition, depth = Infinity } = options;
  const lines = [
    ['', '', 'out', 'weights'],
    ...rows({ key: bijection.name, part: bijection, shape, condition }, depth, ''),
  ];
  const widths = [0, 1, 2, 3].map((i) => Math.max(...lines.map((line) => line[i]!.length)));
  return lines
    .map((line) => line.map((cell, i) => (i === 3 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))))
    .map((line) => line.join('  '))
    .join('\n');
}

function rows({ key, part, shape, condition }: Member, depth: number, indent: string): string[][] {
  const members = part.members?.(shape, condition) ?? [];
  const count = part.weights(shape, condition).reduce((sum, spec) => sum + sizeOf(spec.shape), 0);
  const out = show([null, ...part.outputShape(shape).slice(1)]);
  const kind = members.length === 0 && part.name !== key ? part.name : '';
  return [
    [indent + key, kind, out, count.toLocaleString('en')],
    ...(depth > 0 ? members.flatMap((member) => rows(member, depth - 1, `${indent}  `)) : []),
  ];
}

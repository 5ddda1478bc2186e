import type { Member, Shape } from '../bijection';
import { refuse, show } from '../errors';
import { sizeOf } from '../tensors/channels';

/**
 * Refuses a bijection, or a part of one, that adds or drops numbers, as `pad` does: the density of what it makes is that of no
 * distribution, and a likelihood of it has no bound.
 */
export function checkDimensions(where: string, b: Member['part'], shape: Shape, condition?: Shape): void {
  const after = b.outputShape(shape);
  if (sizeOf(after) !== sizeOf(shape)) {
    const remedy = 'A margin has no density: crop or resize the data, or fill the margin with noise.';
    refuse(
      where,
      'a flow that keeps the number of dimensions',
      `${b.name} from ${show(shape)} to ${show(after)}`,
      remedy,
    );
  }
  for (const { part, shape: inner, condition: c } of b.members(shape, condition)) {
    if ('inverse' in part) checkDimensions(where, part, inner, c);
  }
}

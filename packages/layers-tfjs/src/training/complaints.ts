import { InvertibleError } from '@invertible/core';
import type { Finding } from './diagnosis';

/** What the guards know when they speak. */
export interface Known {
  layer: string;
  step: number;
  finding: Finding | undefined;
}

const place = ({ layer, finding }: Pick<Known, 'layer' | 'finding'>) =>
  `layer "${layer}"${finding ? `, member ${finding.member}` : ''}`;
const times = (n: number) => (n >= 1e4 ? n.toExponential(1) : n.toPrecision(2));
const cure = 'lower the learning rate or the clamp, or clip gradients';

export function notFinite(known: Known, loss: number): InvertibleError {
  const { finding } = known;
  const why = finding?.finite.weights
    ? 'Its output was the first that is not finite'
    : 'The gradient of an earlier step was not finite, or made it so';
  const remedy = `${finding ? why : 'An output or a gradient was not finite'}. The weights are the last good ones: ${cure}.`;
  const where = `fit, ${place(known)}`;
  return new InvertibleError({
    where,
    expected: 'a finite loss',
    got: `${loss} in step ${known.step}`,
    remedy,
  });
}

/** A loss and the best one so far, in nats. */
export interface Height {
  loss: number;
  best: number;
}

export function exploded(known: Known, { loss, best }: Height): InvertibleError {
  const { finding } = known;
  const growth = finding ? `It makes its input ${times(finding.growth)} times larger, most of all. ` : '';
  return new InvertibleError({
    where: `fit, ${place(known)}`,
    expected: `a loss near its best, ${times(best)} nats`,
    got: `${times(loss)} nats, for steps on end up to ${known.step}`,
    remedy: `${growth}The weights are the last good ones: ${cure}.`,
  });
}

export function exploding(known: Known, { loss, best }: Height): string {
  const growth = known.finding ? ` It makes its input ${times(known.finding.growth)} times larger.` : '';
  return `fit, step ${known.step}, ${place(known)}: the loss is ${times(loss)} nats, its best was ${times(best)}.${growth} If it stays there the run ends: ${cure}.`;
}

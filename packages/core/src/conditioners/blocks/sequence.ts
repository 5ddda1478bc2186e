import * as tf from '@tensorflow/tfjs-core';
import type { Shape, Weights } from '../../bijection';
import { handOver } from '../../tensors/hand-over';
import { type Network, network } from '../network';

/** One part after the other, at least one; what runs between them is freed as soon as nothing reads it any more. */
export function sequence(parts: readonly Network[]): Network {
  const shapes = (shape: Shape, out: number) => {
    const all: Shape[] = [shape];
    for (const part of parts) all.push(part.outputShape(all.at(-1)!, out));
    return all;
  };
  return network({
    reads: { x: parts[0]!.reads.x, h: parts.at(-1)!.reads.h },
    outputShape: (shape, out) => [...shapes(shape, out).at(-1)!],
    weights(shape, out) {
      const all = shapes(shape, out);
      return parts.flatMap((part, i) => part.weights(all[i]!, out));
    },
    forward: (x, w) =>
      parts.reduce((h, part) => {
        const next = part.forward(h, w);
        if (h !== x) h.dispose();
        return next;
      }, x),
    linearize(x, w) {
      let h = x;
      const steps = parts.map((part, i) => {
        const step = part.linearize(h, w);
        if (i > 0 && !part.reads.x && !parts[i - 1]!.reads.h) h.dispose();
        h = step.h;
        return step;
      });
      return {
        h,
        pullback(dh) {
          let d = dh;
          const dw: Weights = {};
          for (let i = parts.length - 1; i >= 0; i--) {
            // What came after it has read its value.
            if (i < parts.length - 1) handOver(steps[i]!.h);
            const pulled = steps[i]!.pullback(d);
            Object.assign(dw, pulled.dw);
            if (d !== dh) d.dispose();
            d = pulled.dx;
            if (i < parts.length - 1) steps[i]!.h.dispose();
            if (i > 0 && !parts[i - 1]!.reads.h) steps[i - 1]!.h.dispose();
          }
          return { dx: d, dw };
        },
      };
    },
    pushforward: (x, dx, w, dw) =>
      parts.reduce(
        ({ h, dh }, part) => {
          const next = part.pushforward(h, dh, w, dw);
          if (h !== x) tf.dispose([h, dh]);
          return next;
        },
        { h: x, dh: dx },
      ),
  });
}

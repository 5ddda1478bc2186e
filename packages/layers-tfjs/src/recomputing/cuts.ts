import type { Cost } from './costs';

/** A link of the chain that a model is: one step of it. */
export interface Link extends Cost {
  /** Bytes that it costs a training step where it is stored, what its gradient leaves behind among them. */
  stored: number;
  /** Bytes of what is read after it of what was made up to it. */
  crossing: number;
  /** It stays on the tape, whatever it costs. */
  fixed: boolean;
}

/** Steps from … to, the latter not included. */
export interface Segment {
  from: number;
  to: number;
  recomputed: boolean;
}

/** Levels that held bytes are told apart by, and limits of the largest run that are tried. */
const [levels, limits] = [48, 12];

/**
 * The cheapest mixes of stored and recomputed steps for so many bytes, by dynamic programming. With runs of at most L bytes,
 *
 *     W(j, m) = min( W(j−1, m − storedⱼ),  min over i < j of W(i, m − crossingⱼ) + work(i, j) )
 *
 * is the least work that is done again in the first j steps, m bytes held, where the steps i … j are one run. One mix for each L:
 * what is alive at the peak is m + L, and a bit more.
 */
export function mixesFor(links: readonly Link[], bytes: number): Segment[][] {
  const total = links.reduce((sum, link) => sum + link.bytes, 0);
  const largest = Math.max(1, ...links.map((link) => link.bytes));
  return Array.from({ length: limits }, (_, k) => {
    const limit = largest * Math.max(1, total / largest) ** (k / (limits - 1));
    return mixWithin(links, bytes - limit, limit);
  }).flatMap((mix) => (mix ? [mix] : []));
}

function mixWithin(links: readonly Link[], room: number, limit: number): Segment[] | undefined {
  if (room <= 0) return undefined;
  const level = (bytes: number) => Math.ceil((bytes / room) * levels);
  const width = levels + 1;
  const work = new Float64Array((links.length + 1) * width).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(work.length).fill(-1);
  const recomputed = new Uint8Array(work.length);
  work[0] = 0;
  const reach = (i: number, j: number, held: number, more: number, again: boolean) => {
    for (let m = 0; m + held < width; m++) {
      const [at, to] = [i * width + m, j * width + m + held];
      const done = (work[at] ?? 0) + more;
      if (done >= (work[to] ?? 0)) continue;
      work[to] = done;
      from[to] = at;
      recomputed[to] = Number(again);
    }
  };
  for (const [i, first] of links.entries()) {
    reach(i, i + 1, level(first.stored), 0, false);
    let [bytes, again] = [0, 0];
    for (let j = i; j < links.length; j++) {
      const link = links[j];
      if (!link || link.fixed) break;
      bytes += link.bytes;
      again += link.work;
      if (bytes > limit) break;
      reach(i, j + 1, level(link.crossing), again, true);
    }
  }
  const last = Array.from({ length: width }, (_, m) => links.length * width + m);
  const best = last.reduce((a, b) => ((work[b] ?? 0) < (work[a] ?? 0) ? b : a), last[0] ?? 0);
  if (!Number.isFinite(work[best])) return undefined;
  const segments: Segment[] = [];
  for (let at = best; at >= width; at = from[at] ?? 0)
    segments.unshift({
      from: Math.floor((from[at] ?? 0) / width),
      to: Math.floor(at / width),
      recomputed: recomputed[at] === 1,
    });
  return joined(segments);
}

/** Stored steps beside each other are one segment. */
function joined(segments: readonly Segment[]): Segment[] {
  const all: Segment[] = [];
  for (const segment of segments) {
    const last = all.at(-1);
    if (last && !last.recomputed && !segment.recomputed) last.to = segment.to;
    else all.push({ ...segment });
  }
  return all;
}

/**
 * Cuts all that can be recomputed into at most so many runs, such that what crosses the cuts and the largest run are least together.
 * Without a number, as many as are best: about the root of the number of steps.
 */
export function evenCuts(links: readonly Link[], most = links.length): Segment[] {
  const total = links.reduce((sum, link) => sum + link.bytes, 0);
  const largest = Math.max(1, ...links.map((link) => link.bytes));
  let best: { bytes: number; segments: Segment[] } | undefined;
  for (let k = 0; k < 4 * limits; k++) {
    const limit = largest * Math.max(1, total / largest) ** (k / (4 * limits - 1));
    const found = cutWithin(links, limit);
    if (found.segments.filter(({ recomputed }) => recomputed).length > most) continue;
    if (!best || found.bytes + limit < best.bytes)
      best = { bytes: found.bytes + limit, segments: found.segments };
  }
  return best?.segments ?? [{ from: 0, to: links.length, recomputed: true }];
}

/** The cuts with the fewest bytes across them, for runs of at most so many. */
function cutWithin(links: readonly Link[], limit: number): { bytes: number; segments: Segment[] } {
  const held = [0];
  const from: number[] = [0];
  for (let j = 1; j <= links.length; j++) {
    const last = links[j - 1];
    held[j] = Number.POSITIVE_INFINITY;
    let bytes = 0;
    for (let i = j - 1; i >= 0; i--) {
      const link = links[i];
      if (!link || (i < j - 1 && (link.fixed || last?.fixed))) break;
      bytes += link.bytes;
      if (bytes > limit && i < j - 1) break;
      const sum = (held[i] ?? 0) + (last?.crossing ?? 0);
      if (sum >= (held[j] ?? 0)) continue;
      held[j] = sum;
      from[j] = i;
    }
  }
  const segments: Segment[] = [];
  for (let j = links.length; j > 0; j = from[j] ?? 0)
    segments.unshift({ from: from[j] ?? 0, to: j, recomputed: links[j - 1]?.fixed === false });
  return { bytes: held[links.length] ?? 0, segments: joined(segments) };
}

import type { Weights } from '@invertible/core';

/** What a file says of it: whether the first batch has come, or which weights were set by hand before. */
export type FirstBatchState = boolean | string[];

/** Which weights of a layer the first training batch may set: none once it has come, before that all but those set by hand. */
export class FirstBatch {
  /** It has come, here or before the file was saved. */
  come: boolean;
  private readonly byHand: Set<string>;
  private readonly fromFile: boolean;
  /** Of the initial weights, by name. */
  private start: Record<string, object> = {};

  constructor(saved: FirstBatchState | undefined) {
    this.come = saved === true;
    this.byHand = new Set(Array.isArray(saved) ? saved : []);
    this.fromFile = saved !== undefined;
  }

  /** The weights have been created. A file replaces the data of all, and says by itself which were set by hand. */
  begin(own: Weights): void {
    if (!this.fromFile) this.start = dataOf(own);
  }

  /** Weights have been set by name. */
  assigned(names: readonly string[]): void {
    for (const name of names) this.byHand.add(name);
  }

  /** Sets what is left to set: of `values`, those that nobody has set. */
  settle(own: Weights, values: Weights, set: (values: Weights) => void): void {
    const kept = this.kept(own);
    set(Object.fromEntries(Object.entries(values).filter(([name]) => !kept.has(name))));
    this.come = true;
  }

  /** True when there is nothing to set any more. */
  state(own: Weights): FirstBatchState {
    if (this.come) return true;
    const kept = [...this.kept(own)];
    if (kept.length === 0) return false;
    return kept.length === Object.keys(own).length || kept;
  }

  /** Those set by name, and those whose data have been replaced, as any assignment does. */
  private kept(own: Weights): ReadonlySet<string> {
    const replaced = Object.entries(dataOf(own)).filter(([name, id]) => (this.start[name] ?? id) !== id);
    return new Set([...this.byHand, ...replaced.map(([name]) => name)]);
  }
}

const dataOf = (own: Weights): Record<string, object> =>
  Object.fromEntries(Object.entries(own).map(([name, t]) => [name, t.dataId]));

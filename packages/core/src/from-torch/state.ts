import { refuse } from '../errors';
import type { NumberArray } from './array';

const notThere =
  'Give the whole state_dict, and describe each module with the arguments that it was made with.';

/** The part of a state_dict whose names begin with a prefix, read by name; what was read is remembered. */
export class State {
  constructor(
    private readonly arrays: ReadonlyMap<string, NumberArray>,
    readonly prefix = '',
    private readonly taken = new Set<string>(),
  ) {}

  /** The part of a module inside. */
  at(name: string): State {
    return new State(this.arrays, `${this.prefix}${name}.`, this.taken);
  }

  /** Names without the prefix. */
  names(): string[] {
    return [...this.arrays.keys()]
      .filter((name) => name.startsWith(this.prefix))
      .map((name) => name.slice(this.prefix.length));
  }

  has(name: string): boolean {
    return this.arrays.has(this.prefix + name);
  }

  take(name: string): NumberArray {
    const found = this.arrays.get(this.prefix + name);
    if (!found) return refuse('fromTorch', `a tensor ${this.prefix}${name}`, 'none', notThere);
    this.taken.add(this.prefix + name);
    return found;
  }

  takeIf(name: string): NumberArray | undefined {
    return this.has(name) ? this.take(name) : undefined;
  }

  /** Buffers that a map does not need. */
  skip(...names: readonly string[]): void {
    for (const name of names) if (this.has(name)) this.take(name);
  }

  /** Refuses tensors that nobody took: what they do would be left out without a word. */
  checkAllTaken(): void {
    const left = this.names().filter((name) => !this.taken.has(this.prefix + name));
    if (left.length === 0) return;
    const named = left.slice(0, 3).map((name) => this.prefix + name);
    const more = left.length > named.length ? ` and ${left.length - named.length} more` : '';
    const remedy =
      'That part of the module has no counterpart here, such as batch norm, or a context, inside of a network.';
    refuse('fromTorch', 'tensors that have a counterpart', `${named.join(', ')}${more}`, remedy);
  }
}

import { checkOptions, type Rules } from '../options';
import type { Part } from './part';
import type { State } from './state';

/** A module of PyTorch: the name of its class, and those arguments of its constructor that no tensor tells, under their names. */
export interface TorchModule {
  kind: string;
  [argument: string]: unknown;
}

/** Reads modules inside of a module. */
export type ReadModule = (state: State, module: TorchModule) => Part;

/** How a module of a kind becomes a bijection. */
export type Reader = (state: State, args: object, read: ReadModule) => Part;

/** A reader whose arguments are checked. */
export const reader =
  <Args extends object>(
    rules: Rules<Args>,
    make: (state: State, args: Args, read: ReadModule) => Part,
  ): Reader =>
  (state, args, read) => {
    checkOptions<Args>('fromTorch', args as Args, rules);
    return make(state, args as Args, read);
  };

/** A reader of a module without such arguments. */
export const plain = (make: (state: State) => Part): Reader => reader<object>({}, make);

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

/** Refuses arguments that break their rules. */
function checkArguments<Args extends object>(args: object, rules: Rules<Args>): asserts args is Args {
  checkOptions<object>('fromTorch', args, rules);
}

/** A reader whose arguments are checked. */
export const reader =
  <Args extends object>(
    rules: Rules<Args>,
    make: (state: State, args: Args, read: ReadModule) => Part,
  ): Reader =>
  (state, args, read) => {
    checkArguments(args, rules);
    return make(state, args, read);
  };

/** A reader of a module without such arguments. */
export const plain = (make: (state: State) => Part): Reader => reader<object>({}, make);

import { constants } from 'node:os';

/** What Ctrl-C, or another signal to end, does to a command. */
export interface Interruption {
  /** Runs a task that the first signal asks to end: `stop` is called then, and the task may look at `interrupted` besides. */
  during<T>(
    task: (interrupted: () => boolean) => Promise<T>,
    stop?: () => void,
  ): Promise<{ result: T; interrupted: boolean }>;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Signal = (typeof signals)[number];

/** npm hands on what the terminal has sent already: signals so close to one another are one. */
const together = 500;

/** And lines are cut no more, as the bar did it. */
const showCursor = () => {
  if (process.stderr.isTTY) process.stderr.write('\u001b[?25h\u001b[?7h');
};

/**
 * A signal ends the process, with the cursor shown and one word; where a task can end by itself, the second one does. Signals are
 * noticed between tasks of the event loop: a loop must leave it a turn.
 */
export function interruption(): Interruption {
  let ask: (() => void) | undefined;
  let last = Number.NEGATIVE_INFINITY;
  const onSignal = (signal: Signal) => {
    const now = performance.now();
    if (now - last < together) return;
    last = now;
    if (!ask) return end(signal);
    const stop = ask;
    ask = undefined;
    stop();
  };
  for (const signal of signals) process.on(signal, () => onSignal(signal));
  process.once('exit', showCursor);
  return {
    async during(task, stop = () => {}) {
      let interrupted = false;
      ask = () => {
        interrupted = true;
        stop();
      };
      try {
        return { result: await task(() => interrupted), interrupted };
      } finally {
        ask = undefined;
      }
    },
  };
}

function end(signal: Signal): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  console.log('Interrupted.');
  process.exit(128 + constants.signals[signal]);
}

import { SingleBar } from 'cli-progress';

/** A bar on the terminal that goes when it is done. */
export const progressBar = (format: string): SingleBar =>
  new SingleBar({ format, clearOnComplete: true, hideCursor: true });

/** Runs a task that Ctrl-C asks to end: `stop` is called then, and the task may look at `interrupted` besides. */
export async function untilInterrupted<T>(
  task: (interrupted: () => boolean) => Promise<T>,
  stop: () => void = () => {},
): Promise<{ result: T; interrupted: boolean }> {
  let interrupted = false;
  const onSignal = () => {
    interrupted = true;
    stop();
  };
  process.on('SIGINT', onSignal);
  try {
    const result = await task(() => interrupted);
    return { result, interrupted };
  } finally {
    process.off('SIGINT', onSignal);
  }
}

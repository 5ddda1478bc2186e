import { SingleBar } from 'cli-progress';

/** A bar on the terminal that goes when it is done. Signals are the command's to handle. */
export const progressBar = (format: string): SingleBar =>
  new SingleBar({ format, clearOnComplete: true, hideCursor: true, gracefulExit: false });

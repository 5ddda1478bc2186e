import { InvalidArgumentError } from 'commander';

/** Reads an option of the command line that is a whole number of at least so much. */
export const whole = (least: number) => (text: string) => {
  const n = Number(text);
  if (!Number.isInteger(n) || n < least) throw new InvalidArgumentError(`A whole number from ${least}.`);
  return n;
};

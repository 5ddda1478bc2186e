/** Bytes with three digits at most: 7.2 MB, 310 MB, 5.4 GB. */
export function megabytes(bytes: number): string {
  const [value, unit] = bytes < 1e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB'];
  return `${value.toFixed(value < 10 && !Number.isInteger(value) ? 1 : 0)} ${unit}`;
}

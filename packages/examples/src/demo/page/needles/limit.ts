/** Gigabytes of the device, 8 at most, where the browser tells. */
const told = (): number =>
  'deviceMemory' in navigator && typeof navigator.deviceMemory === 'number' ? navigator.deviceMemory : 4;

/** Bytes that stored activations may take here: a quarter of the memory, so that the tab survives, and never more than 2 GB. */
export const limitOfTab = (): number => Math.min(2e9, (told() * 1e9) / 4);

/** The options that the weights depend on. */
export interface Shaping {
  /** Digits per epoch and per step. */
  images: number;
  batch: number;
  /** Steps of flow at 14 × 14 and at 7 × 7 pixels, and the hidden channels of their couplings. */
  fine: number;
  coarse: number;
  hidden: number;
  /** Highest learning rate. */
  rate: number;
  seed: number;
}

export type Settings = Shaping & { epochs: number };

/** For minutes of one thread of wasm. Small batches: there are more steps in the same time. */
export const minutes: Omit<Settings, 'seed'> = {
  ...{ epochs: 5, images: 2000, batch: 16 },
  ...{ fine: 2, coarse: 5, hidden: 32, rate: 0.008 },
};

/** For a night: a larger flow, and fifteen passes over the digits. */
export const night: Omit<Settings, 'seed'> = {
  ...{ epochs: 90, images: 10_000, batch: 32 },
  ...{ fine: 4, coarse: 8, hidden: 64, rate: 0.002 },
};

/** The settings of a run: the options that were given, the others as fit minutes or a night. */
export function settingsOf({
  long,
  ...given
}: Partial<Settings> & { long?: boolean; seed: number }): Settings {
  return { ...(long ? night : minutes), ...given };
}

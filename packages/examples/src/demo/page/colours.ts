export type Rgb = readonly [red: number, green: number, blue: number];

/** A colour of style.css, as it is in the present scheme. */
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** The three numbers of `#rrggbb`. */
export const rgb = (hex: string): Rgb => {
  const n = Number.parseInt(hex.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
};

/** Calls f whenever the scheme turns dark or light. */
export const onScheme = (f: () => void): void =>
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', f);
